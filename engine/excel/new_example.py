"""An example that is written anew: text of YAML behind the examples of a file, under a name that none of them has."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.excel.text_slots import as_pipe
from engine.excel.yaml_slots import as_yaml
from engine.rulebook.spans import written


@dataclass(frozen=True)
class NewExample:
    """``given`` and ``expected``: single values by name; ``rows``: what is given of tables and grains, by name.

    ``cases``: rows of 分情形, in which the columns of ``judged`` are what must come out. All values are texts as
    examples write them; nothing is written as 空.
    """

    name: str
    program: str = ""
    period: str = ""
    note: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    expected: Mapping[str, str] = field(default_factory=dict)
    cases: Sequence[Mapping[str, str]] = ()
    judged: Sequence[str] = ()

    def text(self) -> str:
        """As it stands in a file. Raises ``Refused`` for a value that cannot stand there."""
        lines = [f"{as_yaml(self.name, flow=False)}:"]
        for word, value in (("程序", self.program), ("期间", self.period), ("说明", self.note)):
            if value:
                lines.append(f"  {word}: {as_yaml(value, flow=False)}")
        if self.given or self.rows:
            lines.append("  已知:")
            lines += _singles(self.given)
            for name, rows in self.rows.items():
                lines += [f"    {as_yaml(name, flow=False)}: |", *table_lines(rows, (), "      ")]
        if self.cases:
            lines += ["  分情形: |", *table_lines(self.cases, self.judged, "    ")]
        if self.expected:
            lines += ["  应得:", *_singles(self.expected)]
        return "\n".join(lines) + "\n"


def _singles(values: Mapping[str, str]) -> list[str]:
    return [f"    {as_yaml(name, flow=False)}: {as_yaml(text or '空', flow=False)}" for name, text in values.items()]


def table_lines(rows: Sequence[Mapping[str, str]], judged: Sequence[str], indent: str) -> list[str]:
    """A small table, its columns one under the other; those of ``judged`` last, behind two bars."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [name for name in names if name not in judged] + [name for name in names if name in judged]
    bars = len(columns) - len([name for name in names if name in judged])
    grid = [columns, *([as_pipe(row.get(name) or "空") for name in columns] for row in rows)]
    widths = [max(_width(line[place]) for line in grid) for place in range(len(columns))]
    found = []
    for line in grid:
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]
        left, right = " | ".join(padded[:bars]), " | ".join(padded[bars:])
        found.append((indent + (f"{left} || {right}" if judged else left)).rstrip())
    return found


def with_example(text: str, new: NewExample) -> tuple[str, str]:
    """The text of a file with the example behind those that it has, and the name that it has got there."""
    root = written(text)
    taken = {key.value for key, _ in root.entries} if root is not None else set()
    name, number = new.name, 1
    while name in taken:
        number += 1
        name = f"{new.name}（{number}）"
    body = text.rstrip()
    made = NewExample(**{**vars(new), "name": name}).text()
    return (f"{body}\n\n{made}" if body else made), name


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
