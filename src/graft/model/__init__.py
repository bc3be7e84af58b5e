"""The Model people keep, and how it is saved."""
