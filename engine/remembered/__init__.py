"""What a check of a rulebook found, remembered from one process to the next."""

from engine.remembered.checked import problems_of

__all__ = ["problems_of"]
