"""The meta-learners, one file each; the table of their names is in `meta.methods`."""
