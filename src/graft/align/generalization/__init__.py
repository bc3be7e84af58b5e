"""Generalization: several labelled domains in, a head for a domain that nobody has seen."""
