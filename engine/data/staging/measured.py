"""What a scan found in a file whose rows are all clean, as it is kept between runs: while the file is the same, it need
not be scanned again.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.data.staging.source_column import Seen
from engine.data.staging.storage import Stored


@dataclass(frozen=True)
class Measured:
    """``rows`` of the file, what was ``seen`` of each column by field, and the ``digest`` of the delivery."""

    rows: int
    seen: Mapping[str, Seen]
    digest: str

    def as_json(self) -> dict[str, Any]:
        columns = {name: [*_flags(one), _text(one.low), _text(one.high)] for name, one in self.seen.items()}
        return {"rows": self.rows, "seen": columns, "digest": self.digest}


def measured_of(said: Any) -> Measured | None:
    """``None`` for what says nothing of the kind."""
    try:
        seen = {}
        for name, (odd, loose, hollow, empty, outside, low, high) in said["seen"].items():
            flags = (bool(odd), bool(loose), bool(hollow), bool(empty), bool(outside))
            seen[str(name)] = Seen(*flags, _stored(low), _stored(high))
        return Measured(int(said["rows"]), seen, str(said["digest"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _flags(seen: Seen) -> list[bool]:
    return [seen.odd, seen.loose, seen.hollow, seen.empty, seen.outside]


def _text(bound: Stored) -> Any:
    return bound.isoformat() if isinstance(bound, datetime.date) else None if bound is None else f"#{bound}"


def _stored(text: Any) -> Stored:
    if text is None:
        return None
    return int(text[1:]) if text.startswith("#") else datetime.date.fromisoformat(text)
