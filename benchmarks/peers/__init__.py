"""One case rule in several rule engines: ``python -m benchmarks peers``. The rule in words: README.md."""
