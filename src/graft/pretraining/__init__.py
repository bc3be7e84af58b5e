"""Stage one: a backbone of your own, from a labelled source or from images and texts without labels."""
