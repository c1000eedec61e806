"""One case against a loaded region: what is behind :mod:`engine.api`."""
