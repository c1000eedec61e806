"""What a check of a rulebook found, remembered from one process to the next."""

from engine.remembered.checked import load, problems_of

__all__ = ["load", "problems_of"]
