"""What stands at a place of a rules file, also of one that is being typed and is no YAML yet.

Lines are read by their indentation and brackets by their signs: an entry half written does not hide where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

KEY, VALUE = "key", "value"
MOST_NEARBY = 400
"""Signs before the cursor."""
_KEY = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[^\s#{}\[\],"':][^:{}\[\]#]*?)\s*:(?=\s|$)""")
_WORD = re.compile(r"[\w.%‰]*$")
_BLOCK = re.compile(r"[|>][-+]?\s*(#.*)?$")


@dataclass(frozen=True)
class Spot:
    """``path``: keys from the root to where the cursor is; in a value the last is its own key.

    ``role``: whether a key or a value is being written; ``before``: what of it stands to the left of the cursor, from
    ``start`` on; ``word``: the name that is being typed, from ``word_start`` on. ``beside``: keys that the same mapping
    has already; ``inside_text``: in a text of several lines (``|``), whose first line is ``heading``; ``body``: where
    the value begins, on a line before in such a text.
    """

    path: tuple[str, ...]
    role: str
    before: str
    start: int
    offset: int
    beside: tuple[str, ...] = ()
    inside_text: bool = False
    heading: str = ""
    body: int = 0

    @property
    def word(self) -> str:
        match = _WORD.search(self.nearby)
        return match[0] if match else ""

    @property
    def nearby(self) -> str:
        """What of it may matter: searching a line without end would take one."""
        return self.before[-MOST_NEARBY:]

    @property
    def word_start(self) -> int:
        return self.offset - len(self.word)

    @property
    def key(self) -> str:
        return self.path[-1] if self.path else ""


def spot(text: str, offset: int) -> Spot:
    """What stands at ``offset`` of ``text``."""
    reader = _Reader(text, offset)
    found = reader.read()
    beside = list(reader.keys.get(found.path if found.role == KEY else found.path[:-1], ()))
    if found.role == KEY and reader.key_here in beside:
        beside.remove(reader.key_here)  # the one that is being written
    return replace(found, offset=offset, beside=tuple(beside), body=found.body or found.start)


def keys_in(text: str) -> dict[tuple[str, ...], list[str]]:
    """The keys of each mapping of a text, by the keys above it."""
    reader = _Reader(text, -1)
    reader.read()
    return reader.keys


def inside_texts(text: str) -> set[int]:
    """Where the lines begin that are in a text of several lines (``|``)."""
    reader = _Reader(text, -1)
    reader.read()
    return reader.inside


@dataclass
class _Open:
    """A bracket that is open: the keys above it, and in braces the key whose value is being written."""

    sign: str
    path: tuple[str, ...]
    key: str | None
    begun: int


@dataclass
class _Reader:
    text: str
    offset: int
    keys: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    blocks: list[tuple[int, str]] = field(default_factory=list)  # indentation and key
    brackets: list[_Open] = field(default_factory=list)
    literal: tuple[int, int] | None = None  # indentation of the key of a text of several lines, where the text begins
    found: Spot | None = None
    inside: set[int] = field(default_factory=set)  # where lines of such texts begin
    key_here: str = ""  # the key that the cursor is in

    def read(self) -> Spot:
        at = 0
        for line in self.text.split("\n"):
            self._line(line.rstrip("\r"), at)
            at += len(line) + 1
        if self.found is None:
            self.found = Spot((), KEY, "", self.offset, self.offset)
        return self.found

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(key for _, key in self.blocks)

    def _line(self, line: str, at: int) -> None:
        here = at <= self.offset <= at + len(line)
        bare = line.strip()
        indent = len(line) - len(line.lstrip())
        if self.brackets:
            self._flow(line, 0, at, here)
            return
        if self.literal is not None:
            if not bare or indent > self.literal[0]:
                self.inside.add(at)
                if here:
                    self._inside_text(line, at)
                return
            self.literal = None
        if not bare or bare.startswith("#"):
            if here:
                self._blank(line, at, bare)
            return
        column = indent
        while line[column : column + 2] == "- ":
            column += 2
            column += len(line[column:]) - len(line[column:].lstrip())
        while self.blocks and self.blocks[-1][0] >= column:
            self.blocks.pop()
        match = _KEY.match(line, column)
        if match is None:
            is_item = column > indent or bare == "-"
            if here and not is_item and not line[column:].startswith(("{", "[")):
                self._set(self.path, KEY, line[column : self.offset - at], at + column)
            elif here or line[column:].startswith(("{", "[")):
                self._value(line, column, at, here)
            return
        key = match["key"].strip("\"'")
        if here and self.offset <= at + match.end("key"):
            self.key_here = key
            self._set(self.path, KEY, line[column : max(column, self.offset - at)], at + column)
        self.keys.setdefault(self.path, []).append(key)
        self.blocks.append((column, key))
        self._value(line, match.end(), at, here)

    def _blank(self, line: str, at: int, bare: str) -> None:
        if bare:
            self._set((), VALUE, "", self.offset)  # in a comment nothing is written
            return
        column = self.offset - at
        path = tuple(key for indent, key in self.blocks if indent < column)
        self._set(path, KEY, "", self.offset)

    def _inside_text(self, line: str, at: int) -> None:
        assert self.literal is not None
        begun = self.literal[1]
        lines = (one for one in self.text[begun:at].split("\n") if one.strip() and not one.lstrip().startswith("#"))
        first = next(lines, line)
        lead = len(line) - len(line.lstrip())
        found = Spot(
            self.path, VALUE, line[lead : max(lead, self.offset - at)], at + lead, self.offset,
            inside_text=True, heading=first.strip(), body=begun,
        )  # fmt: skip
        self.found = self.found or found

    def _value(self, line: str, column: int, at: int, here: bool) -> None:
        rest = line[column:]
        lead = len(rest) - len(rest.lstrip())
        start = column + lead
        if _BLOCK.fullmatch(rest.strip()):
            self.literal = (self.blocks[-1][0] if self.blocks else 0, at + len(line) + 1)
        elif rest.lstrip().startswith(("{", "[")):
            self._flow(line, start, at, here)
            return
        if here and self.found is None and self.offset >= at + column:
            self._set(self.path, VALUE, line[start : max(start, self.offset - at)], at + start)

    def _flow(self, line: str, column: int, at: int, here: bool) -> None:
        """Signs from ``column`` on, within brackets that are open."""
        quoted = ""
        for place in range(column, len(line) + 1):
            if here and at + place == self.offset:
                self._in_flow()
            if place == len(line):
                break
            sign = line[place]
            if quoted:
                quoted = "" if sign == quoted else quoted
            elif sign in "\"'" and not self.text[self._begun(at + place) : at + place].strip():
                quoted = sign
            elif sign == "#" and (place == 0 or line[place - 1] == " "):
                break
            elif sign in "{[":
                self.brackets.append(_Open(sign, self._inner(), None, at + place + 1))
            elif sign in "}]" and self.brackets:
                self.brackets.pop()
                if not self.brackets:
                    return
            elif self.brackets and sign == ",":
                self.brackets[-1].key, self.brackets[-1].begun = None, at + place + 1
            elif self.brackets and sign == ":" and line[place + 1 : place + 2] in ("", " "):
                self._flow_key(at + place)

    def _flow_key(self, at: int) -> None:
        inner = self.brackets[-1]
        if inner.sign == "{" and inner.key is None:
            inner.key = self.text[inner.begun : at].strip().strip("\"'")
            if inner.begun <= self.offset <= at:
                self.key_here = inner.key
            self.keys.setdefault(inner.path, []).append(inner.key)
            inner.begun = at + 1

    def _begun(self, fallback: int) -> int:
        return self.brackets[-1].begun if self.brackets else fallback

    def _inner(self) -> tuple[str, ...]:
        if not self.brackets:
            return self.path
        outer = self.brackets[-1]
        return outer.path if outer.key is None else (*outer.path, outer.key)

    def _in_flow(self) -> None:
        if not self.brackets:
            self._set(self.path, VALUE, "", self.offset)
            return
        inner = self.brackets[-1]
        written = self.text[inner.begun : self.offset]
        lead = len(written) - len(written.lstrip())
        role = KEY if inner.sign == "{" and inner.key is None else VALUE
        self._set(self._inner(), role, written.lstrip(), inner.begun + lead)

    def _set(self, path: tuple[str, ...], role: str, before: str, start: int) -> None:
        if self.found is None:
            self.found = Spot(path, role, before, start, self.offset)


def entries_of(text: str) -> Iterator[tuple[str, int]]:
    """Names at the left edge with where they stand, of a text that may be no YAML yet."""
    at = 0
    for line in text.split("\n"):
        match = _KEY.match(line) if line[:1].strip() and not line.startswith(("#", "-")) else None
        if match is not None:
            yield match["key"].strip("\"'"), at
        at += len(line) + 1
