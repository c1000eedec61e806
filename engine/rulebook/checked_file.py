"""A file of rules as nodes, with all that is wrong with its shape; a text that was read before is known."""

from __future__ import annotations

from pathlib import Path

from engine.files.kept_by_size import kept_by_size
from engine.files.named_files import DISK, Files
from engine.rulebook.nodes import Mapping
from engine.rulebook.problems import Problem
from engine.rulebook.shape import check_head, check_rules_file, check_test_file
from engine.rulebook.source import read_text, text_in

MOST_CHARACTERS = 600_000
"""Of texts that are known: of a large region and what it builds on three times over, in some thirty megabytes."""


def read_checked(
    path: Path, shown: str, kind: str, problems: list[Problem], files: Files = DISK, shapes: bool = True
) -> Mapping | None:
    """The file's mapping, or ``None`` where nothing could be read; what is wrong is added to ``problems``.

    ``kind``: region, module or amendment for a head; rules; test. The file is read each time, whoever changed it.
    ``shapes``: whether the shape is looked at.
    """
    text = text_in(path, shown, problems, files)
    if text is None:
        return None
    root, found = _read(text, shown, kind if shapes else "")
    problems.extend(found)
    return root


@kept_by_size(MOST_CHARACTERS)
def _read(text: str, shown: str, kind: str) -> tuple[Mapping | None, tuple[Problem, ...]]:
    found: list[Problem] = []
    root = read_text(text, shown, found)
    if root is not None and kind == "rules":
        check_rules_file(root, found)
    elif root is not None and kind == "test":
        check_test_file(root, found)
    elif root is not None and kind:
        check_head(root, kind, found)
    return root, tuple(found)
