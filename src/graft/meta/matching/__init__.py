"""Drawings told apart by their shapes: one is bent onto the other, and what is left over is how far they differ."""
