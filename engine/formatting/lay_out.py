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
    if not body.endswith("\n"):
        body += "\n"  # or a text of several lines at the end would get another last line
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
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)) + "\n" if lines else ""


@dataclass
class _Out:
    text: str
    remarks: list[Remark]
    """Those that do not stand yet, in order."""
    lines: list[str] = field(default_factory=list)
    at: int = 0  # what is written ends here in the old text
    dash: int = -1  # the indent of a list's item whose first line is to come

    # -- lines and remarks

    def put(self, indent: int, words: str, start: int, end: int) -> None:
        if self.lines and not self.lines[-1].endswith(":") and _has_blank_line(self.text[self.at : start]):
            self.lines.append("")
        if self.dash >= 0:
            words, indent, self.dash = "- " + words, self.dash, -1
        self.lines.append((" " * indent + words).rstrip())
        self.at = end

    def above(self, remarks: list[Remark], indent: int, start: int) -> None:
        """Lines of their own, before what begins at ``start``: above the whole item, if it is the first of one."""
        dash, self.dash = self.dash, -1
        for remark in remarks:
            self.put(dash if dash >= 0 else indent, remark.text, start, start)
        self.dash = dash

    def beside(self, remarks: list[Remark]) -> None:
        for remark in remarks:
            self.lines[-1] += "  " + remark.text
            self.at = max(self.at, remark.at + len(remark.text))

    def remarks_before(self, limit: int, indent: int, least: int = 0) -> None:
        """Those before ``limit``, as far as they stand at column ``least`` or further right."""
        while self.remarks and self.remarks[0].at < limit and self.column(self.remarks[0].at) >= least:
            remark = self.remarks.pop(0)
            self.above([remark], indent, remark.at)
            self.at = remark.at + len(remark.text)

    def taken(self, start: int, end: int, same_line: bool = False) -> list[Remark]:
        """The remarks that stand there; they are told by the one who asks. ``same_line``: of the line of ``start``."""
        found = [one for one in self.remarks if start <= one.at < end]
        if same_line:
            found = [one for one in found if "\n" not in self.text[start : one.at]]
        self.remarks = [one for one in self.remarks if one not in found]
        return found

    def column(self, at: int) -> int:
        return at - (self.text.rfind("\n", 0, at) + 1)

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
            self.remarks_before(limit, indent)
        elif indent:
            self.remarks_before(limit, indent, self.column(node.start))

    def entry(self, words: str, key: Written, value: Written, indent: int, limit: int, inside: str) -> None:
        """What is told of the entry before its next one, at ``limit``."""
        if value.kind == "scalar":
            self.scalar(words, key, value, indent, limit, inside)
        elif not self.on_one_line(words, key, value, indent, limit, inside):
            first = _first_part(value)
            opening = (self.taken(start, first, same_line=True) for start in (key.end, value.start))
            told = [*(one for found in opening for one in found), *self.closing(value, limit)]
            self.above(told[:-1], indent, key.start)
            self.put(indent, words, key.start, key.end)
            self.beside(told[-1:])
            self.block(value, indent + STEP, limit, inside)

    def closing(self, node: Written, limit: int) -> list[Remark]:
        """What stands behind the closing bracket: it is told of the whole."""
        return self.taken(node.end, limit, same_line=True) if node.flow else []

    def block(self, node: Written, indent: int, limit: int, inside: str) -> None:
        limit = node.end if node.flow else limit
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

    def item(self, item: Written, indent: int, limit: int) -> None:
        if item.kind == "scalar":
            self.scalar("", item, item, indent, limit, "")
        elif not self.on_one_line("", item, item, indent, limit, ""):
            if item.kind == "list":
                raise NotLaidOut("列表里的列表不会重排", line_of(self.text, item.start))
            self.above(self.closing(item, limit), indent, item.start)
            self.block(item, indent, limit, "")

    def on_one_line(self, words: str, key: Written, node: Written, indent: int, limit: int, inside: str) -> bool:
        """Writes what is in brackets on one line, or a long list on several; ``False``: it goes below each other."""
        parts = node.entries or node.items
        if not node.flow or (parts and any(node.start < remark.at < node.end for remark in self.remarks)):
            return False
        lead = f"{words} " if words else ""
        line = lead + self.in_line(node, inside)
        wide = bool(parts) and cell_len(" " * indent + line) > WIDTH
        if wide and (node.kind == "mapping" or not all(item.kind == "scalar" for item in node.items)):
            return False
        near = self.near(key, node.start if parts else node.end, node.end, limit, indent)
        if wide:
            self.filled(lead, key.start, node, indent)
        else:
            self.put(indent, line, key.start, node.end)
        self.beside(near)
        return True

    def near(self, key: Written, start: int, end: int, limit: int, indent: int) -> list[Remark]:
        """What is told between a key and its value at ``start``, or behind its end on the same line: to be put beside
        the entry; where there is more, the rest stands above it.
        """
        found = [*self.taken(key.start, start), *self.taken(end, limit, same_line=True)]
        self.above(found[:-1], indent, key.start)
        return found[-1:]

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
        words = self.text[key.start : key.end]
        return self.even(key, words) if inside == CONDITIONS else words

    def even(self, scalar: Written, words: str) -> str:
        """A formula with even blanks, where its quotes let that be written."""
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
        if not words:
            raise NotLaidOut("括号里的值没有内容", line_of(self.text, node.start))
        if "\n" in words:
            words = self.joined(words, node.start)
        return self.even(node, words) if inside in VALUES else words

    def joined(self, words: str, at: int) -> str:
        """A text that runs over several lines, as YAML reads it: a line's end is one blank."""
        if re.search(r"\\\n|\n[ \t]*\n", words):
            raise NotLaidOut("括号里的值写成了几行", line_of(self.text, at))
        return re.sub(r"[ \t]*\n[ \t]*", " ", words)

    def scalar(self, words: str, key: Written, scalar: Written, indent: int, limit: int, inside: str) -> None:
        start, end = key.start, end_of(self.text, scalar)
        written_ = self.text[scalar.start : end]
        lead = f"{words} " if words else ""
        block = scalar.style in ("|", ">")
        if block:
            self.above(self.taken(start, scalar.start), indent, start)
            near = []
        else:
            near = self.near(key, scalar.start, scalar.end, limit, indent)
        if "\n" in written_:
            first, *rest = written_.split("\n")
            below = _moved(rest) if block else [line.strip() for line in rest]
            self.put(indent, lead + first.strip(), start, end)
            self.inner(aligned(below) if scalar.style == "|" else below, indent)
        else:
            self.put(indent, lead + (self.even(scalar, written_) if inside in VALUES else written_), start, end)
        self.beside(near)

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


def _first_part(node: Written) -> int:
    """Where the first thing in a list or mapping begins."""
    return node.entries[0][0].start if node.entries else node.items[0].start


def _has_blank_line(between: str) -> bool:
    return any(not line.strip() for line in between.split("\n")[1:-1])


def _moved(lines: list[str]) -> list[str]:
    """Lines of a block without what they share on the left; blank ones empty."""
    shares = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return [line[shares:].rstrip() for line in lines]
