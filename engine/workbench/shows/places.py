"""Places of files as a reader knows them."""

from __future__ import annotations

from engine.rulebook.locate import shipped


def shown_place(place: str) -> str:
    """``rules/…`` and ``regions/…`` also of what ships with the package, wherever that is installed."""
    for kind in ("rules", "regions"):
        inside = f"{shipped(kind)}/"
        if place.startswith(inside):
            return f"{kind}/{place.removeprefix(inside)}"
    return place
