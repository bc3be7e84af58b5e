"""Methods for classes that are more or less frequent in the target than in the source."""
