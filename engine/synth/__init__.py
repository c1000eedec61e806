"""Synthetic data: rows for every table that the programs of a region read, shaped by the hints under 合成."""
