"""The plan: which backbones, views and heads are tried within a budget, and how one is chosen."""
