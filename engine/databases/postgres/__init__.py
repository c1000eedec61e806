"""A PostgreSQL database as a place of data: its address, its tables, and their cells as files would have them."""
