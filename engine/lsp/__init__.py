"""The language server: what editors ask by their protocol, answered by :mod:`engine.assist` over open sessions."""
