"""Methods that weigh the source by how likely the target finds each sample."""
