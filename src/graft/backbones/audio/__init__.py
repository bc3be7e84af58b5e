"""Backbones that read recordings: what only they need, and no other room looks into."""
