"""The regions' own examples: run them, price one row by hand-set values, and tell what no example reaches."""

from engine.testing.price import price
from engine.testing.runner import Outcome, run_tests

__all__ = ["Outcome", "price", "run_tests"]
