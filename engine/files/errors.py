"""The one exception of this package: data that cannot be read, or results that cannot be written."""

from __future__ import annotations


class DataError(Exception):
    """Stops the work. ``message`` (Chinese) says what is wrong and where, ``hint`` what to do (may be empty)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}（{self.hint}）" if self.hint else self.message
