"""Casemix against the same rules written by hand: ``python -m benchmarks``. Results: docs/benchmarks.md."""
