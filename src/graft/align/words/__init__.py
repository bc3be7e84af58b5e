"""Word counts across domains: which words stand together in both."""
