"""A rulebook and data to values: periods, engines, and what every run keeps."""
