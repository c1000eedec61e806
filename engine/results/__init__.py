"""What stands in an ``--out`` folder, a page at a time: filtered, sorted and counted by DuckDB from the files."""
