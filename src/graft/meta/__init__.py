"""Between stages one and four: networks trained on many small tasks, so that a new one needs a few samples only."""
