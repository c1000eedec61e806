"""MariaDB: tables as deliveries, and an engine that settles by temporary tables."""
