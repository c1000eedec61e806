"""A region that stays open while its files are edited."""

from engine.session.session import Session

__all__ = ["Session"]
