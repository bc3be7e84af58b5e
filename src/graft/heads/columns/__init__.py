"""Heads on the columns of a table: they learn means, scales and levels themselves, from the rows they are fitted on."""
