"""Bound formulas as nested Python functions over whole numbers: one case at a time, and the host's own values."""
