"""Scores of an adaptation that need no target label: higher is better."""
