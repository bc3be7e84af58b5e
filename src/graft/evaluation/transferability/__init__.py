"""Transferability: how well a backbone's features suit a task, from a few hundred of them and without training it."""
