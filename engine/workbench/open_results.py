"""Results that were looked at lately stay open: their tables are described once, an order is kept while it is turned
over.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from engine.results.opened import OpenResult, open_result

KEPT = 8


class OpenResults:
    def __init__(self) -> None:
        self._open: OrderedDict[tuple[Path, float], OpenResult] = OrderedDict()
        self._lock = Lock()

    def of(self, folder: Path, written: float) -> OpenResult:
        """The result in ``folder``; one that was ``written`` anew is opened anew. Raises :class:`DataError`."""
        key = folder, written
        with self._lock:
            found = self._open.pop(key, None) or open_result(folder)
            self._open[key] = found
            while len(self._open) > KEPT:
                self._open.popitem(last=False)
        return found
