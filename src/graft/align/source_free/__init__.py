"""Adapting a model that is already there: unlabelled target rows and what the model says of them, no source rows."""
