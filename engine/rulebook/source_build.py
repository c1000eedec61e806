"""From YAML events to nodes, refusing on the way what would be misread. Aliases are never followed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from engine.rulebook import source_flow, source_help
from engine.rulebook.keywords import places_of
from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.problems import Place, Problem

Event = Any  # a yaml.Event; its marks, style and tag are optional to a type checker
MAX_DEPTH = 30
MAX_NODES = 200_000

_ODD_BLANK = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HIDDEN = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_SUSPECT = re.compile(f"[{_ODD_BLANK}{_HIDDEN}]")
_AT_EDGE = re.compile(f"^[{_ODD_BLANK}]+|[{_ODD_BLANK}]+$|[{_HIDDEN}]")
_NULL = ("null", "Null", "NULL", "~")


class Stop(Exception):
    """Reading cannot go on; the problem is already noted."""


@dataclass
class _Open:
    """A collection being read."""

    event: Event
    place: Place
    items: list = field(default_factory=list)
    key: Scalar | None = None
    wants_value: bool = False

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.event, yaml.MappingStartEvent)


class Builder:
    def __init__(self, shown: str, lines: list[str], problems: list[Problem]) -> None:
        self.shown, self.lines, self.problems = shown, lines, problems
        self.broken: set[Place] = set()
        self.suspects_hidden = any(_SUSPECT.search(line) for line in lines)

    def build(self, events: Iterable[Event]) -> Yaml:
        self.open: list[_Open] = []
        self.root: Yaml = Mapping((), Place(self.shown, 1, 1))
        nodes = documents = 0
        node: Yaml
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                node = self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._refuse_anchor_and_tag(event)
                self.open.append(_Open(event, self._place(event)))
                if len(self.open) > MAX_DEPTH:
                    self._stop("E103", event, f"嵌套超过 {MAX_DEPTH} 层", "规则不需要这样深的结构；检查括号和缩进")
                continue
            elif isinstance(event, yaml.CollectionEndEvent):
                node = self._close()
            elif isinstance(event, yaml.AliasEvent):
                node = self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(
                        "E118",
                        event,
                        "“---”之后是第二份文档，一个文件只能有一份",
                        "删去“---”，或分成两个文件",
                    )
                continue
            else:
                continue
            nodes += 1
            if nodes > MAX_NODES:
                self._stop(
                    "E103",
                    event,
                    f"文件里的项目超过 {MAX_NODES} 个",
                    "大表放进 CSV 文件，用“行: 文件.csv”引用",
                )
            self._add(node, event)
        return self.root

    def _place(self, event: Event) -> Place:
        return Place(self.shown, event.start_mark.line + 1, event.start_mark.column + 1)

    def _report(self, code: str, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(Problem(code, place, message, hint, source_help.excerpt(self.lines, place.line)))
        if code == "E116":  # what stands there is not read, so nothing more is said of it
            self.broken.add(place)

    def _stop(self, code: str, event: Event, message: str, hint: str) -> None:
        self._report(code, self._place(event), message, hint)
        raise Stop

    # nodes

    def _scalar(self, event: Event) -> Scalar:
        self._refuse_anchor_and_tag(event)
        text, style, place = event.value, event.style, self._place(event)
        if style in ("|", ">"):
            return Scalar(text, self._first_text_line(event, place), False, self._lines(event, text))
        if style:
            text = self._without_controls(text, place)
            return Scalar(text, place, True, self._lines(event, text))
        if event.end_mark.line > event.start_mark.line:
            self._swallowed_lines(event)
        if self.suspects_hidden:
            text = self._without_hidden(text, place)
        return Scalar(text, place, False, self._lines(event, text))

    def _lines(self, event: Event, text: str) -> tuple[tuple[int, int, int], ...]:
        """Where the lines of a text begin in it, if it has several: each line's words stand in it one after another."""
        first, last = event.start_mark.line, min(event.end_mark.line, len(self.lines) - 1)
        if last <= first:
            return ()
        found: list[tuple[int, int, int]] = []
        offset = 0
        for number in range(first + (event.style in ("|", ">")), last + 1):
            line = self.lines[number]
            begin = event.start_mark.column + bool(event.style) if number == first else len(line) - len(line.lstrip())
            words = line[begin : event.end_mark.column if number == last else None].strip()
            words = words.removesuffix(event.style) if event.style in ("'", '"') and number == last else words
            at = text.find(words, offset) if words else -1
            if at >= 0:
                found.append((at, number + 1, begin + 1))
                offset = at + len(words)
        return tuple(found)

    def _first_text_line(self, event: Event, place: Place) -> Place:
        for number in range(event.start_mark.line + 1, min(event.end_mark.line + 1, len(self.lines))):
            stripped = self.lines[number].lstrip()
            if stripped:
                return Place(self.shown, number + 1, len(self.lines[number]) - len(stripped) + 1)
        return place

    def _swallowed_lines(self, event: Event) -> None:
        """A plain text runs on over several lines: a line that looks like ``依据：…`` was meant as a key."""
        for number in range(event.start_mark.line + 1, min(event.end_mark.line + 1, len(self.lines))):
            found = re.match(r"(\s*)(\w+)(：|:(?=\S))", self.lines[number])
            if found and places_of(found[2]):
                place = Place(self.shown, number + 1, len(found[1]) + 1)
                self._report(*source_flow.swallowed_key(place, found[2], found[3]))

    def _without_controls(self, text: str, place: Place) -> str:
        """No escape sequences and no marks that turn the direction of writing: a terminal would obey them."""
        bad = next((mark for mark in text if unicodedata.category(mark) in ("Cc", "Cf") and mark not in "\t\n"), None)
        if bad is None:
            return text
        message = f"这里有一个看不见的控制字符（U+{ord(bad):04X}）"
        self._report("E113", place, message, "删掉这个字符，或把这一行重新打一遍")
        return "".join(mark for mark in text if unicodedata.category(mark) not in ("Cc", "Cf") or mark in "\t\n")

    def _without_hidden(self, text: str, place: Place) -> str:
        found = _AT_EDGE.search(text)
        if not found:
            return text
        message = f"这里有看不见的字符（U+{ord(found[0][0]):04X}）"
        hint = "是全角空格或从网页、Word 带来的字符：删掉，缩进用半角空格"
        self._report("E113", place, message, hint)
        return _AT_EDGE.sub("", text)

    def _close(self) -> Yaml:
        done = self.open.pop()
        flow = bool(done.event.flow_style)
        if not done.is_mapping:
            items = source_flow.join_cut_items(done.items, self._report) if flow else done.items
            for item in items:
                if isinstance(item, Scalar) and item.unreadable and item.place not in self.broken:
                    self._report("E111", item.place, "列表里有一项是空的", "写上内容，或删去多余的“-”或逗号")
            return Sequence(tuple(items), done.place)
        entries: list | None = done.items
        if flow:
            entries = source_flow.join_cut_entries(done.items, self._report)
        if entries is None:
            return self._unreadable(done.place)
        return Mapping(self._valued_once(entries), done.place)

    def _valued_once(self, entries: list[tuple[Scalar, Yaml]]) -> tuple[tuple[Scalar, Yaml], ...]:
        kept: dict[str, tuple[Scalar, Yaml]] = {}
        for key, value in entries:
            first = kept.get(key.text)
            if first:
                other = f"第 {first[0].place.line} 行"
                self._report(
                    "E102",
                    key.place,
                    f"“{key.shown}”写了两次，{other}已经有了",
                    f"删去一处，或改名；另一处在{other}",
                )
                continue
            kept[key.text] = (key, self._valued(key, value))
        return tuple(kept.values())

    def _valued(self, key: Scalar, value: Yaml) -> Yaml:
        if key.text == "分情形" and isinstance(value, Scalar):
            cases = source_flow.entries_of_lines(value, self._report)
            return Mapping(tuple(cases), value.place) if cases else value
        if not isinstance(value, Scalar) or value.quoted:
            return value
        if value.text in _NULL:
            hint = "没有内容就整行不写；还没有定的数写 待定"
            self._report("E111", key.place, f"“{key.shown}”的值是“{value.text}”，等于没有值", hint)
            return Scalar("", value.place)
        if not value.text and value.place not in self.broken:
            hint = "写上内容，或删去这一行；内容写在下一行时要比这一行多缩进两格；数还不知道的写 待定"
            self._report("E111", key.place, f"“{key.shown}”后面没有值", hint)
        return value

    def _add(self, node: Yaml, event: Event) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if not parent.is_mapping:
            parent.items.append(node)
        elif not parent.wants_value:
            parent.wants_value = True
            parent.key = self._key(node, event)
        else:
            parent.wants_value = False
            if parent.key is not None:
                parent.items.append((parent.key, node))

    def _key(self, node: Yaml, event: Event) -> Scalar | None:
        if isinstance(event, yaml.AliasEvent):
            return None
        if not isinstance(node, Scalar):
            self._report(
                "E119",
                node.place,
                "冒号前面应是文字，这里却是列表或花括号",
                "给冒号前面的整段加引号，或检查括号",
            )
            return None
        if node.text == "<<" and not node.quoted:
            self._report("E112", node.place, "不能用“<<”合并", "把内容照写一遍，或写成一条规则来引用")
            return None
        if not node.text:
            self._report("E119", node.place, "冒号前面没有名称", "在冒号前面写上名称")
            return None
        return node

    # what is refused

    def _alias(self, event: Event) -> Scalar:
        hint = "把内容照写一遍；若是乘号，请写 ×"
        self._report("E112", self._place(event), f"不能用“*{event.anchor[:40]}”引用别处", hint)
        return self._unreadable(self._place(event))

    def _unreadable(self, place: Place) -> Scalar:
        self.broken.add(place)
        return Scalar("", place)

    def _refuse_anchor_and_tag(self, event: Event) -> None:
        if event.anchor is not None:
            self._report(
                "E112",
                self._place(event),
                f"不能用“&{event.anchor[:40]}”作锚点",
                "删去“&”和它后面的名字；文字以 & 开头时加引号",
            )
            self.broken.add(self._place(event))
        if event.tag is not None:
            self.broken.add(self._place(event))
            hint = "删去“!”和它后面的字；文字以 ! 开头时加引号，“不等于”写 ≠"
            self._report("E117", self._place(event), f"不能用 YAML 标签“{event.tag[:40]}”", hint)
