"""What a run will do, before a row is read: expressions, columns, strata, steps. Knows no engine."""
