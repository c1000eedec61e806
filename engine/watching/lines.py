"""Events as lines of JSON for another program."""

from __future__ import annotations

import json
import os
from contextlib import suppress

from engine.watching.event import Event, Watcher


def lines_to(descriptor: int | None) -> Watcher | None:
    """What writes each event as a line to a file descriptor; ``None`` for none. A reader may go away."""
    if descriptor is None:
        return None

    def write(event: Event) -> None:
        with suppress(OSError):
            os.write(descriptor, (json.dumps(event.as_json(), ensure_ascii=False) + "\n").encode())

    return write
