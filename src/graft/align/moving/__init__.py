"""Methods that move features: source and target laid over one another."""
