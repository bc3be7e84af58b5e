"""Stage five: scores with intervals, calibration, honest choices and comparisons. Pure functions on arrays."""
