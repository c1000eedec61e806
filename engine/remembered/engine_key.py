"""What the outcome of a check depends on beside files of rules: the sources that read and check, and what runs them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from functools import cache
from pathlib import Path

from engine import __version__

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("__init__.py", "checked.py", "language", "files", "rulebook", "check", "synth", "data", "remembered")
"""Files and packages of the engine that a check may run; more than that would only make it forget too often."""
_SUFFIXES = (".py", ".lark", ".json")
_LIBRARIES = {"yaml": "PyYAML", "jsonschema": "jsonschema", "lark": "lark", "openpyxl": "openpyxl"}


@cache
def engine_key() -> tuple[str, ...]:
    """The engine's version and the hash of its sources, Python's version and those of the libraries."""
    return (__version__, _hash_of_sources(ROOT), sys.version, sys.platform, *_versions())


def _hash_of_sources(root: Path) -> str:
    digest = hashlib.sha256()
    for source in SOURCES:
        for path in _files(root / source):
            digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = []
    for folder, inside, names in os.walk(path):
        inside.sort()
        found += [Path(folder, name) for name in sorted(names) if name.endswith(_SUFFIXES)]
    return found


def _versions() -> list[str]:
    """The folders that name each library's version, without importing it."""
    found = []
    for module, name in _LIBRARIES.items():
        spec = importlib.util.find_spec(module)
        beside = Path(spec.origin).parents[1] if spec is not None and spec.origin else Path()
        wanted = f"{name}-".lower()
        found += sorted(n for n in os.listdir(beside) if n.lower().startswith(wanted) and n.endswith(".dist-info"))
    return found
