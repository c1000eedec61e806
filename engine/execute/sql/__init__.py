"""Settling in an SQL engine: values of data rows are SQL over exact integers, values of coarse grains come from the host."""
