"""A rules file as somebody in a hurry might have typed it: the same nodes, other blanks and breaks, and comments.

Each comment says of which entry it is: ``附 上级/名称`` stands beside or above it, ``尾 上级/名称`` at the end of what
is below it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from engine.formatting.remarks import end_of
from engine.rulebook.spans import Written, written

ODD = ("", " “引号 ", " a: b, {c} ", "\t制表 ", " 全　角 ", " 😀 ", " # 又一个 ", " - ", " " + "长" * 90 + " ")


def ugly(text: str, seed: int, remarks: bool = True) -> str:
    """``remarks``: without them, and without blank lines, two seeds differ in what is no choice of a person."""
    root = written(text)
    assert root is not None
    writer = _Writer(text, Random(seed), remarks)
    writer.block(root, "", ("",))
    return "\n".join(writer.lines) + (writer.random.choice(["\n", "", "\n\n\n"]) if remarks else "\n")


@dataclass
class _Writer:
    text: str
    random: Random
    remarks: bool
    lines: list[str] = field(default_factory=list)
    count: int = 0

    def blanks(self, least: int = 0, most: int = 3) -> str:
        return " " * self.random.randint(least, most)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def remark(self, kind: str, path: tuple[str, ...], share: float) -> str:
        if not self.remarks or not self.chance(share):
            return ""
        self.count += 1
        return f"#{self.random.choice(ODD)}{kind} {'/'.join(path[-2:])} {self.count}"

    def above(self, kind: str, path: tuple[str, ...], indent: str) -> None:
        if said := self.remark(kind, path, 0.05):
            self.lines.append(indent + said + self.random.choice(["", "  "]))
            self.blank()

    def blank(self) -> None:
        if self.remarks and self.chance(0.05):
            self.lines += [self.random.choice(["", "   "])] * self.random.randint(1, 3)

    def beside(self, path: tuple[str, ...]) -> str:
        said = self.remark("附", path, 0.08)
        return self.blanks(1, 4) + said if said else self.random.choice(["", "", " "])

    def as_written(self, node: Written) -> str:
        return self.text[node.start : node.end]

    def block(self, node: Written, indent: str, path: tuple[str, ...], first: str | None = None) -> None:
        for place, (key, value) in enumerate(node.entries):
            lead, below = indent, (*path, key.value)
            if first is not None and not place:
                lead = first
            else:
                self.blank()
                self.above("附", below, indent)
            self.value(f"{lead}{self.as_written(key)}{self.random.choice(['', '', ' '])}:", value, indent, below)
        if indent:
            self.above("尾", path, indent)

    def value(self, head: str, value: Written, indent: str, path: tuple[str, ...]) -> None:
        if value.kind == "scalar":
            self.scalar(head + self.blanks(1), value, indent, path)
        elif value.flow:
            step = indent + self.blanks(1, 8)
            start = f"{head}{self.beside(path)}\n{step}" if self.chance(0.05) else head + self.blanks(1)
            self.lines += f"{start}{self.brackets(value, step, path)}{self.beside(path)}".split("\n")
        else:
            self.lines.append(head + self.beside(path))
            least = 1 if value.kind == "mapping" or self.remarks else 0  # or a comment may be of either
            step = indent + self.blanks(least, 5)
            if value.kind == "mapping":
                self.block(value, step, path)
            else:
                self.items(value, step, path)

    def items(self, node: Written, indent: str, path: tuple[str, ...]) -> None:
        for item in node.items:
            self.blank()
            dash = f"{indent}-{self.blanks(1)}"
            below = (*path, first_word(self.text, item))
            self.above("附", below, indent)
            if item.kind == "mapping" and not item.flow:
                self.block(item, " " * len(dash), path, dash)
            elif item.kind == "scalar":
                self.scalar(dash, item, indent, below)
            else:
                self.lines += f"{dash}{self.brackets(item, indent + '  ', path)}{self.beside(below)}".split("\n")

    def scalar(self, head: str, node: Written, indent: str, path: tuple[str, ...]) -> None:
        first, *rest = self.text[node.start : end_of(self.text, node)].split("\n")
        step = indent + self.blanks(1, 5)
        if node.style in ("|", ">"):
            shares = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip()), default=0)
            self.lines += [head + first, *(step + line[shares:] if line.strip() else "" for line in rest)]
        else:
            self.lines += [head + first, *(step + line.strip() if line.strip() else "" for line in rest)]
            self.lines[-1] += self.beside(path)

    def brackets(self, node: Written, indent: str, path: tuple[str, ...]) -> str:
        if node.kind == "scalar":
            return self.as_written(node)
        if node.kind == "list":
            parts = [self.brackets(item, indent, (*path, first_word(self.text, item))) for item in node.items]
            words = [(*path, first_word(self.text, item)) for item in node.items]
        else:
            words = [(*path, key.value) for key, _ in node.entries]
            parts = [
                f"{self.as_written(key)}{self.random.choice(['', '', ' '])}: {self.brackets(value, indent, below)}"
                for (key, value), below in zip(node.entries, words, strict=True)
            ]
        ends = [f"{part}{self.gap(indent, below)}" for part, below in zip(parts, words, strict=True)]
        last = self.random.choice(["", "", ","]) if parts else ""
        begin, end = "{}" if node.kind == "mapping" else "[]"
        return f"{begin}{self.gap(indent, ())}{f',{self.gap(indent, ())}'.join(ends)}{last}{self.gap(indent, ())}{end}"

    def gap(self, indent: str, path: tuple[str, ...]) -> str:
        """Between two parts in brackets: sometimes a new line, sometimes what is told of the part before."""
        said = self.remark("附", path, 0.01) if path else ""
        if said or self.chance(0.02):
            return f"{' ' + said if said else ''}\n{indent}{self.blanks(1, 6)}"
        return self.blanks(0, 2)


def first_word(text: str, item: Written) -> str:
    """What a line of a list begins with, when it is laid out."""
    while item.kind != "scalar":
        parts = item.entries[0] if item.entries else item.items
        item = parts[0]
    return text[item.start : item.end]
