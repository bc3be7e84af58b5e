"""Test time: a model that adapts to what it is shown, without source data and without a label."""
