"""How a value came about: formula, numbers put in, branches tried before, article; down to the input data."""

from engine.explain.explain import Explanation, explain, explanation
from engine.explain.steps import Step

__all__ = ["Explanation", "Step", "explain", "explanation"]
