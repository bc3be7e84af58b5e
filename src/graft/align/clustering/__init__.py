"""Methods that let the target's own groups decide."""
