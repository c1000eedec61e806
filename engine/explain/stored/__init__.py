"""A run opened again where its data lie: coarse values as they were kept, rows found by key, sums by queries."""
