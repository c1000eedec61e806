"""What the files of a result, and of the data it was worked out from, were when they were last found to be as the run
had them: where size and times are the same, they need not be hashed again. Nothing of it comes from the result itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.files.stamps import Seen
from engine.remembered import folder
from engine.remembered.engine_key import engine_key

FORM = "casemix result 1"


@dataclass(frozen=True)
class SeenFiles:
    """``files`` of the result by name; ``data`` by path, of the ``tables`` that the program read; ``measured``: what
    was found in those that a view reads, by table.
    """

    files: Mapping[str, Seen] = field(default_factory=dict)
    data: Mapping[str, Seen] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    measured: Mapping[str, Any] = field(default_factory=dict)


def remember(run_sha256: str, seen: SeenFiles) -> None:
    """``run_sha256``: of the ``run.json`` of the result. In vain where nothing can be kept, without a word."""
    body = json.dumps([_key(run_sha256), seen.files, seen.data, seen.tables, seen.measured])
    folder.keep(_name(run_sha256), f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}".encode())


def recalled(run_sha256: str) -> SeenFiles:
    """What is remembered; nothing, if nothing is."""
    digest, _, body = (folder.kept(_name(run_sha256)) or b"").partition(b"\n")
    if not body or digest.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
        return SeenFiles()
    try:
        key, files, data, tables, measured = json.loads(body)
        if key != _key(run_sha256):
            return SeenFiles()
        return SeenFiles(_stamps(files), _stamps(data), tuple(map(str, tables)), dict(measured))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return SeenFiles()


def is_on() -> bool:
    """Whether anything is remembered at all."""
    return folder.folder() is not None


def _stamps(said: Any) -> dict[str, Seen]:
    return {
        str(name): (int(size), int(time), int(entry), int(node)) for name, (size, time, entry, node) in said.items()
    }


def _key(run_sha256: str) -> str:
    return json.dumps([FORM, run_sha256, *engine_key()])


def _name(run_sha256: str) -> str:
    return f"{hashlib.sha256(_key(run_sha256).encode()).hexdigest()[:40]}.json"
