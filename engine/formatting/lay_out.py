"""A rules file written anew from its nodes and comments: two blanks a level, one blank after a colon and a comma.

What a person chose stays: the order, comments, blank lines (one at most), whether a mapping is written in one line or
below each other, quotes. A mapping in one line that is too wide is written below each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rich.cells import cell_len

from engine.formatting.formulas import evenly
from engine.formatting.remarks import NotLaidOut, Remark, end_of, line_of, remarks_of
from engine.formatting.small_tables import aligned
from engine.formatting.unchanged import refuse_changed
from engine.rulebook.spans import Written, written

WIDTH = 140
"""Columns of a line in which a mapping is left on one line; a Chinese character has two."""
STEP = 2
_LINE_END = re.compile("\r\n?|\n")
_FORMULAS = frozenset(("公式", "条件", "则", "否则"))


def laid_out(text: str) -> str:
    """The text of a rules file that can be read, laid out; what ends its lines stays.

    Raises :class:`NotLaidOut` where that would change what is said, and ``yaml.YAMLError`` for what is no YAML.
    """
    first_end = _LINE_END.search(text)
    body = _LINE_END.sub("\n", text.removeprefix("\ufeff"))
    out = _laid_out(body)
    refuse_changed(body, out)
    return out.replace("\n", first_end[0]) if first_end else out


def _laid_out(body: str) -> str:
    root = written(body)
    if root is None:
        return _only_remarks(body)
    if root.kind != "mapping":
        raise NotLaidOut("文件不是“名称: 内容”", line_of(body, root.start))
    out = _Out(body, remarks_of(body, root))
    out.mapping(root, 0, len(body))
    out.remarks_before(len(body), 0)
    return "\n".join(out.lines) + "\n"


def _only_remarks(body: str) -> str:
    lines = [line.strip() for line in body.strip().splitlines()]
    if any(line and not line.startswith("#") for line in lines):
        raise NotLaidOut("文件里没有内容")
    return "\n".join(lines) + "\n" if lines else ""


@dataclass
class _Out:
    text: str
    remarks: list[Remark]
    lines: list[str] = field(default_factory=list)
    told: int = 0  # remarks that stand already
    at: int = 0  # what is written ends here in the old text
    dash: int = -1  # the indent of a list's item whose first line is to come

    # -- lines and remarks

    def put(self, indent: int, words: str, start: int, end: int) -> None:
        if self.dash >= 0:
            words, indent, self.dash = "- " + words, self.dash, -1
        elif self.lines and not self.lines[-1].endswith(":") and _has_blank_line(self.text[self.at : start]):
            self.lines.append("")
        self.lines.append((" " * indent + words).rstrip())
        self.at = end

    def remarks_before(self, limit: int, indent: int, least: int = 0) -> None:
        """Those before ``limit``, as far as they stand at column ``least`` or further right."""
        while self.told < len(self.remarks) and self.remarks[self.told].at < limit:
            remark = self.remarks[self.told]
            if remark.at - (self.text.rfind("\n", 0, remark.at) + 1) < least:
                return
            self.told += 1
            dash, self.dash = self.dash, -1
            self.put(indent, remark.text, remark.at, remark.at + len(remark.text))
            self.dash = dash

    def remark_beside(self, end: int, limit: int | None = None) -> None:
        """What stands behind the last line on the same line, and before ``limit``."""
        if self.told < len(self.remarks):
            remark = self.remarks[self.told]
            if end <= remark.at < (limit or len(self.text)) and "\n" not in self.text[end : remark.at]:
                self.told += 1
                self.lines[-1] += "  " + remark.text
                self.at = remark.at + len(remark.text)

    # -- nodes

    def mapping(self, node: Written, indent: int, limit: int, inside: str = "") -> None:
        """``inside``: the keyword that the mapping belongs to, where its keys or values are formulas."""
        for place, (key, value) in enumerate(node.entries):
            self.remarks_before(key.start, indent)
            next_ = node.entries[place + 1][0].start if place + 1 < len(node.entries) else limit
            below = _below(node, key, inside)
            self.entry(f"{self.key(key, inside)}:", key, value, indent, next_, below)
        self.after_last(node, indent, limit)

    def after_last(self, node: Written, indent: int, limit: int) -> None:
        """Remarks behind the last part that belong to this block: not further left than it."""
        if node.flow:
            self.remarks_before(min(limit, node.end), indent)
        elif indent:
            self.remarks_before(limit, indent, node.start - (self.text.rfind("\n", 0, node.start) + 1))

    def entry(self, words: str, key: Written, value: Written, indent: int, limit: int, inside: str) -> None:
        if value.kind == "scalar":
            self.scalar(words, key.start, value, indent, inside)
        elif not self.on_one_line(f"{words} ", key.start, value, indent, inside):
            self.put(indent, words, key.start, key.end)
            self.remark_beside(key.end, value.start)
            self.block(value, indent + STEP, limit, inside)

    def block(self, node: Written, indent: int, limit: int, inside: str) -> None:
        if node.kind == "mapping":
            self.mapping(node, indent, limit, inside)
        else:
            for place, item in enumerate(node.items):
                self.remarks_before(item.start, indent)
                self.dash = indent
                next_ = node.items[place + 1].start if place + 1 < len(node.items) else limit
                self.item(item, indent + STEP, next_)
            self.after_last(node, indent, limit)
        if node.flow:
            self.at = node.end
            self.remark_beside(node.end)

    def item(self, item: Written, indent: int, limit: int) -> None:
        if item.kind == "scalar":
            self.scalar("", item.start, item, indent, "")
        elif not self.on_one_line("", item.start, item, indent, ""):
            if item.kind == "list":
                raise NotLaidOut("列表里的列表不会重排", line_of(self.text, item.start))
            self.block(item, indent, limit, "")

    def on_one_line(self, words: str, start: int, node: Written, indent: int, inside: str) -> bool:
        """Writes what is in brackets on one line, or a long list on several; ``False``: it goes below each other."""
        if not node.flow or any(node.start < remark.at < node.end for remark in self.remarks[self.told :]):
            return False
        line = words + self.in_line(node, inside)
        if cell_len(" " * indent + line) > WIDTH and (node.entries or node.items):
            if node.kind == "mapping" or not all(item.kind == "scalar" for item in node.items):
                return False
            self.filled(words, start, node, indent)
        else:
            self.put(indent, line, start, node.end)
        self.remark_beside(node.end)
        return True

    def filled(self, words: str, start: int, node: Written, indent: int) -> None:
        """A long list of texts: as many on a line as it takes."""
        line = f"{words}["
        for place, item in enumerate(node.items):
            last = place == len(node.items) - 1
            word = self.in_line(item, "") + ("]" if last else ",")
            if not line.endswith("[") and cell_len(" " * indent + line) + 1 + cell_len(word) > WIDTH:
                self.put(indent, line, start, node.end)
                start = node.end
                line = " " * STEP + word
            else:
                line += word if line.endswith("[") else f" {word}"
        self.put(indent, line, start, node.end)

    # -- texts

    def key(self, key: Written, inside: str) -> str:
        if "\n" in self.text[key.start : key.end]:
            raise NotLaidOut("名称写成了几行", line_of(self.text, key.start))
        return self.even(key) if inside == CONDITIONS else self.text[key.start : key.end]

    def even(self, scalar: Written) -> str:
        """A formula with even blanks, where its quotes let that be written."""
        words = self.text[scalar.start : scalar.end]
        if not scalar.style:
            return evenly(words)
        inner = words[1:-1]
        if inner != scalar.value:
            return words  # something in it is escaped
        return f"{words[0]}{evenly(inner)}{words[-1]}"

    def in_line(self, node: Written, inside: str) -> str:
        if node.kind == "list":
            return f"[{', '.join(self.in_line(item, '') for item in node.items)}]"
        if node.kind == "mapping":
            parts = (
                f"{self.key(key, inside)}: {self.in_line(value, _below(node, key, inside))}"
                for key, value in node.entries
            )
            return f"{{{', '.join(parts)}}}"
        words = self.text[node.start : node.end]
        if "\n" in words or not words:
            what = "写成了几行" if words else "没有内容"
            raise NotLaidOut(f"括号里的值{what}", line_of(self.text, node.start))
        return self.even(node) if inside in VALUES else words

    def scalar(self, words: str, start: int, scalar: Written, indent: int, inside: str) -> None:
        end = end_of(self.text, scalar)
        written_ = self.text[scalar.start : end]
        lead = f"{words} " if words else ""
        if scalar.style and scalar.style in "|>":
            first, *rest = written_.split("\n")
            self.put(indent, lead + first.strip(), start, end)
            below = _moved(rest)
            self.inner(aligned(below) if scalar.style == "|" else below, indent)
            return
        if "\n" in written_:
            first, *rest = written_.split("\n")
            self.put(indent, lead + first.strip(), start, scalar.end)
            self.inner([line.strip() for line in rest], indent)
        else:
            self.put(indent, lead + (self.even(scalar) if inside in VALUES else written_), start, scalar.end)
        self.remark_beside(scalar.end)

    def inner(self, lines: list[str], indent: int) -> None:
        """The lines of a text that runs over several, below its key."""
        self.lines += [" " * (indent + STEP) + line if line else "" for line in lines]


CONDITIONS, CLASSES, FORMULA = "conditions", "classes", "formula"
VALUES = frozenset((CONDITIONS, CLASSES, FORMULA))
"""What stands below is a formula; below :data:`CONDITIONS` the keys are, too."""


def _below(node: Written, key: Written, inside: str) -> str:
    """What stands below ``key`` of ``node``."""
    if key.value == "分情形":
        return CLASSES if node.get("按") is not None else CONDITIONS
    if key.value in _FORMULAS:
        return FORMULA
    return inside if inside in (CONDITIONS, CLASSES) and node.get("则") is None else ""


def _has_blank_line(between: str) -> bool:
    return any(not line.strip() for line in between.split("\n")[1:-1])


def _moved(lines: list[str]) -> list[str]:
    """Lines of a block without what they share on the left; blank ones empty."""
    shares = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return [line[shares:].rstrip() for line in lines]
