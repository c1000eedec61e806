"""The folders of a region as data: shared modules, province, notices, city, each with what it adds and changes."""

from __future__ import annotations

import datetime
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from engine.files.named_files import Files
from engine.files.stamps import Seen
from engine.rulebook.problems import Place
from engine.rulebook.source import Mapping, Scalar
from engine.rulebook.unread_files import EXAMPLES

HEADS = {"region.yaml": "region", "module.yaml": "module", "amendment.yaml": "amendment"}


@dataclass(frozen=True)
class RawEntry:
    """One entry as written, with the defaults of its file's head and the layer it stands in.

    ``since``: the layer's 施行; a module has none.
    """

    name: str
    kind: str | None
    body: Mapping
    cite: str
    status: str
    layer: str
    folder: Path
    place: Place
    cite_place: Place = Place()
    since: datetime.date | None = None


@dataclass(frozen=True)
class Document:
    """A source of 文件: ``text``, the file of its wording; ``not_computed``, articles without rules, and why."""

    name: str
    title: str
    place: Place
    text: Scalar | None = None
    not_computed: tuple[tuple[Scalar, str], ...] = ()


@dataclass(frozen=True)
class Layer:
    """One folder: what it adds (``entries``), changes (``replaced``) and removes; ``start``: its 施行, if any.

    ``stamps``: what its files were just before they were read (of a notice, they stand with its region);
    ``beneath``: the folders of the layers that it inherits, and of those that they do.
    """

    name: str
    title: str
    kind: str
    folder: Path
    start: datetime.date | None
    template: bool = False
    example: bool = False
    documents: dict[str, Document] = field(default_factory=dict)
    entries: list[RawEntry] = field(default_factory=list)
    replaced: list[RawEntry] = field(default_factory=list)
    deleted: list[Scalar] = field(default_factory=list)
    unreadable: list[Place] = field(default_factory=list)
    place: Place = Place()
    stamps: dict[Path, Seen] = field(default_factory=dict)
    versions: dict[int, str] = field(default_factory=dict)
    beneath: set[Path] = field(default_factory=set)

    def changed(self, files: Files) -> list[Path]:
        """Files of rules and rows in the folder that came, went or changed since they were read."""
        if not self.stamps:
            return []
        now = rule_files(self.folder, files)
        return sorted(path for path in {*now, *self.stamps} if now.get(path) != self.stamps.get(path))


def rule_files(folder: Path, files: Files) -> dict[Path, Seen]:
    """What makes the rules of a folder, its notices too; its examples do not. One that cannot be looked at is none."""
    found: dict[Path, Seen] = {}
    for path in files.below(folder):
        if _makes_rules(path.name) and path.relative_to(folder).parts[0] != EXAMPLES:
            with suppress(OSError):
                found[path] = files.seen(path)
    return found


def _makes_rules(name: str) -> bool:
    """YAML and files of rows; what Excel leaves beside an open workbook is none."""
    return name.endswith((".yaml", ".csv", ".xlsx")) and not name.startswith("~$")


def yaml_below(folder: Path, files: Files) -> list[Path]:
    """Everything named ``.yaml`` in a folder and below, in order, whatever it is."""
    return [path for path in files.below(folder) if path.name.endswith(".yaml")]


def shown(path: Path) -> str:
    """A path as messages print it: relative to the working folder where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
