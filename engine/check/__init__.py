"""Everything that can be wrong with a rulebook: each check is one function, all problems come at once."""

from engine.check.all import check_book

__all__ = ["check_book"]
