"""What codes of a classification with families look like: a letter and two digits, or two digits, a point and more."""

from __future__ import annotations

import re

_SHAPES = (re.compile(r"[A-Za-z][0-9]{2}(\.?[0-9A-Za-z.]*)"), re.compile(r"[0-9]{2}\.[0-9][0-9A-Za-z]*"))


def shape_of(code: str) -> re.Pattern[str] | None:
    """Which of the shapes a text has; ``None`` if it is no such code."""
    return next((shape for shape in _SHAPES if shape.fullmatch(code)), None)
