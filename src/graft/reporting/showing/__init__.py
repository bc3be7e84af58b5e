"""How one sample is shown on a page: one file a modality, and the table of them."""
