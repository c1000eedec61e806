"""What is written of an entry in its file, as it stands there."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from engine.files.named_files import Files
from engine.rulebook.layers import RawEntry
from engine.rulebook.spans import Written, written


@dataclass
class Excerpts:
    """Reads each file once. Paths of places are relative to the working folder, as messages print them."""

    files: Files
    _files: dict[str, tuple[str, dict[int, tuple[Written, Written]]]] = field(default_factory=dict)

    def of(self, raw: RawEntry) -> str:
        """The lines of an entry, without comments after it; empty where its file cannot be read any more."""
        text, entries = self._file(raw.place.file)
        found = entries.get(raw.place.line)
        if found is None:
            return ""
        key, value = found
        begin = text.rfind("\n", 0, key.start) + 1
        lines = text[begin : max(value.end, key.end)].rstrip()
        return textwrap.dedent(lines)

    def _file(self, name: str) -> tuple[str, dict[int, tuple[Written, Written]]]:
        if name not in self._files:
            try:
                text = self.files.read(Path.cwd() / name).decode("utf-8-sig")
                root = written(text)
            except (OSError, UnicodeDecodeError, yaml.YAMLError):
                text, root = "", None
            self._files[name] = text, _by_line(text, root)
        return self._files[name]


def _by_line(text: str, root: Written | None) -> dict[int, tuple[Written, Written]]:
    found = {}
    waiting = list(root.entries) if root is not None else []
    for key, value in waiting:
        inner = value.entries if key.value == "替换" else [(key, value)]
        for name, body in inner:
            found[text.count("\n", 0, name.start) + 1] = name, body
    return found
