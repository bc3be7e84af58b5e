"""The sections of a report: each a function from a Run to values that JSON can hold, or None where it has nothing."""
