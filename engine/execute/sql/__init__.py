"""Settling in an SQL engine: data rows are SQL over exact integers, values of coarse grains come from the host."""
