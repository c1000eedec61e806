"""What one process found and the next need not find again: records in the user's own folder."""
