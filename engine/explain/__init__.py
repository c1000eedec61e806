"""How a value came about: formula, numbers put in, branches tried before, article; down to the input data."""

from engine.explain.explain import explain
from engine.explain.steps import Step

__all__ = ["Step", "explain"]
