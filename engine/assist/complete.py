"""What may be written at a place of a rules file: keywords, names that can be read there, classes, units, articles."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from engine.assist.articles import articles_known, documents_of
from engine.assist.keys import entry_path, is_formula, places
from engine.assist.spot import KEY, Spot, spot
from engine.language.functions import FUNCTIONS, VALUE_BEFORE
from engine.language.types import BASE_UNITS, LABELS
from engine.names.listing import names_of_book
from engine.names.named import Named
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.keywords import KEYWORDS, PLACES
from engine.rulebook.model import Rule
from engine.rulebook.scope import Scope, Unreachable
from engine.rulebook.unread_files import is_example

KEYWORD, NAME, FUNCTION, CLASS, UNIT, ARTICLE, DATE, WORD = (
    "关键字",
    "名称",
    "函数",
    "类别",
    "单位",
    "条款",
    "日期",
    "词",
)
MOST = 400
_OWN_FIELD, _SAME_ROWS, _READABLE, _FUNCTION, _ELSEWHERE = range(1, 6)
"""How far a name is: a field of the row itself, a rule on the same rows, what it can read, a function, other rows."""
_COMPARED = re.compile(r"([\w（）]+)\s*(?:=|≠|不?属于)\s*(?:[^()（），,=≠]*、\s*)?[\w]*$")
_AFTER = re.compile(r"(?:^|[\s(（,，])(自|每|按)\s+[\w]*$")
_ALONG = re.compile(r"(?:^|[^\w])沿[(（][^,，]*[,，][^()（）]*(?:[(（][^()（）]*)*$")
"""In 后行, or behind it."""
BEFORE_MEANS = "沿(首行, 后行, …) 的后行里：前面一行推出的结果"
_WORDS = {
    **dict.fromkeys(("可空", "可缺行", "任何", "备查", "多值", "模板", "示例", "代替规则", "标识"), ("是",)),
    "状态": ("正式", "转述", "暂定", "待定"),
    "有效期": ("起", "止"),
    "规则时点": ("期初",),
    "连续": ("年",),
    "期间": ("年", "季", "月"),
    "不成立时": ("停止", "提醒"),
    "方式": ("四舍五入", "四舍六入五成双", "进一", "去尾"),
    "不提示": ("公式太长", "嵌套太深", "且或混写", "名字不说明", "条款里没有", "算法重复", "例子不检验"),
}


@dataclass(frozen=True)
class Completion:
    """``insert`` takes the place of the text from ``start`` to ``end``; ``detail``, ``meaning`` are told beside it."""

    label: str
    kind: str
    insert: str
    start: int
    end: int
    detail: str = ""
    meaning: str = ""
    far: int = 0
    """How far it is from where it would stand; 0: in the order given."""


def complete(book: Book, path: Path, text: str, offset: int, day: datetime.date) -> list[Completion]:
    """What may stand at ``offset`` of the file ``path`` whose text is ``text``, best first; at most :data:`MOST`.

    ``book``: the region as it was last understood (``text`` may be further); ``day``: whose figures are told.
    """
    return _Completing(book, path, spot(text, offset), text, day).found()[:MOST]


class _Completing:
    def __init__(self, book: Book, path: Path, at: Spot, text: str, day: datetime.date) -> None:
        self.book, self.path, self.at, self.text, self.day = book, path, at, text, day
        self.snapshot: Snapshot = book.at(max(book.as_of or day, book.start))

    def found(self) -> list[Completion]:
        if is_example(self.path, self.book.folder):
            return self._fitting(self._in_an_example())
        if self.at.role == KEY and not self._writes_formula():
            return self._fitting(self._keys())
        if self._writes_formula():
            return self._fitting(self._in_a_formula())
        return self._fitting(self._values())

    def _fitting(self, offered: Iterable[Completion]) -> list[Completion]:
        """Those that have what was typed: beginnings first, then what is nearest, then what is shortest. Each once."""
        typed = self.at.word
        once: dict[str, Completion] = {}
        for one in offered:
            if typed in one.label or typed in one.meaning:
                once.setdefault(one.label, one)

        def rank(one: Completion) -> tuple[bool, bool, int, int]:
            return not one.label.startswith(typed), typed not in one.label, one.far, len(one.label) if one.far else 0

        return sorted(once.values(), key=rank)

    def _offer(self, label: str, kind: str, detail: str = "", meaning: str = "", insert: str = "") -> Completion:
        return Completion(label, kind, insert or label, self.at.word_start, self.at.offset, detail, meaning)

    # -- keys

    def _keys(self) -> Iterator[Completion]:
        at = self.at
        told = set(at.beside)
        for place in places(self.path.name, at.path, at.beside):
            for keyword in KEYWORDS:
                if place in keyword.places and keyword.word not in told:
                    told.add(keyword.word)
                    yield self._offer(keyword.word, KEYWORD, PLACES[place], keyword.description, f"{keyword.word}: ")
        inner = entry_path(at.path)
        if at.path == ("替换",):
            yield from (self._named(one, ": ") for one in self._names if one.name not in told)
        if len(inner) == 2 and inner[1] == "取值":
            days = dict.fromkeys([layer.start for layer in self.book.layers if layer.start], "施行")
            yield from (self._offer(str(day), DATE, word, insert=f"{day}: ") for day, word in days.items())
        if len(inner) == 2 and inner[1] == "分情形" and "按" in self._beside_entry():
            yield from self._classes(self._value_beside("按"), ": ")
        if len(inner) == 2 and inner[1] == "表":
            yield from (self._named(one, ": ") for one in self._names if one.kind in ("规则", "字段", "参数"))
        if len(inner) == 2 and inner[1] in ("排除", "需要", "行"):
            yield from (self._named(one, ": ") for one in self._names if one.kind in ("表", "粒度"))

    def _beside_entry(self) -> tuple[str, ...]:
        """The keys of the entry that the cursor is in."""
        head = entry_path(self.at.path)[:1]
        above = self.at.path[: len(self.at.path) - len(entry_path(self.at.path))]
        return tuple(key for key, _ in self._values_of((*above, *head)))

    def _values_of(self, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Keys and what is written behind them of a mapping that is understood or nearly so."""
        inside = self._entry_text(path[-1]) if path else ""
        for match in re.finditer(r"(?:^|[{,\s])([\w]+):[ \t]+([^\n,{}]*)", inside):
            yield match[1], match[2].strip().strip("\"'")

    def _entry_text(self, name: str) -> str:
        match = re.search(rf"^[ \t]*[\"']?{re.escape(name)}[\"']?:(.*(?:\n(?:[ \t]+.*)?)*)", self.text, re.MULTILINE)
        return f" {match[1]}" if match else ""

    def _value_beside(self, word: str) -> str:
        head = entry_path(self.at.path)[:1]
        return next((value for key, value in self._values_of(head) if key == word), "")

    # -- values

    def _writes_formula(self) -> bool:
        return is_formula(self.at.path, self.at.role, self._beside_entry())

    def _values(self) -> Iterator[Completion]:
        key, names = self.at.key, self._names
        if key in _WORDS:
            yield from (self._offer(word, WORD) for word in _WORDS[key])
        elif key == "单位":
            units = dict.fromkeys((*BASE_UNITS, "元/点", *LABELS))
            yield from (self._offer(unit, UNIT) for unit in units)
        elif key == "依据":
            yield from self._articles()
        elif key in ("粒度", "合计行", "每个"):
            yield from (self._named(one) for one in names if one.kind in ("粒度", "表"))
            yield from (self._offer(name, NAME, "键") for name in sorted(self.snapshot.dimensions))
        elif key in ("限", "范围"):
            yield from (self._named(one) for one in names if one.kind == "参数")
        elif key == "类型" or (entry_path(self.at.path)[1:2] == ("字段",) and len(entry_path(self.at.path)) == 3):
            words = ("元", "文本", "日期", "年月", "整数", "数", "是否", "区间")
            yield from (self._offer(word, UNIT) for word in words)
            yield from (self._offer(f"→ {name}", NAME, "表") for name in self.snapshot.tables)
        elif key in ("按", "交来", "主键", "归期", "键"):
            yield from (self._named(one) for one in names if one.kind in ("规则", "字段", "参数"))
        elif key == "列" or "列" in self.at.path[1:]:
            yield from (self._named(one) for one in names if one.kind in ("规则", "字段", "检查"))
        elif key == "首要":
            yield from self._own_columns()
        elif key == "报表":
            yield from (self._named(one) for one in names if one.kind == "报表")
        elif key in ("测算", "需要", "排除") or self.at.path[-2:-1] in (("需要",), ("排除",)):
            yield from (self._named(one) for one in names if one.kind == "规则")
        elif key in ("回填",) or (key == "行" and self.path.name not in ("region.yaml",)):
            yield from (self._named(one) for one in names if one.kind in ("表", "粒度"))
        elif key in ("删除", "见于"):
            yield from (self._named(one) for one in names)
        elif (
            self.at.path[-2:-1] == ("取值",) and (about := self.snapshot.parameters.get(self._entry_name())) is not None
        ):
            yield from (self._offer(word, CLASS) for word in about.type.classes)

    def _own_columns(self) -> Iterator[Completion]:
        """The columns of the statement that the cursor is in, as it was read last, or any name that may be one."""
        about = self.snapshot.statements.get(self._entry_name())
        own = {column.name for column in about.columns} if about is not None else set()
        for one in self._names:
            if one.name in own or (not own and one.kind in ("规则", "字段", "检查")):
                yield self._named(one)

    def _entry_name(self) -> str:
        return entry_path(self.at.path)[0] if entry_path(self.at.path) else ""

    def _articles(self) -> Iterator[Completion]:
        """Documents, the articles of those whose text is at hand, and what entries of the region cite already."""
        documents = documents_of(self.book)
        for name, title in documents.items():
            yield self._cited(name, title)
        for cite, words in articles_known(self.book).items():
            yield self._cited(cite, words)
        cites = sorted({cite for one in self._names for cite in one.cites})
        for document in documents:
            yield from (self._cited(cite) for cite in cites if cite.startswith(document))

    def _cited(self, cite: str, meaning: str = "") -> Completion:
        return Completion(cite, ARTICLE, cite, self.at.start, self.at.offset, meaning, meaning)

    # -- formulas

    def _in_a_formula(self) -> Iterator[Completion]:
        compared = _COMPARED.search(self.at.nearby)
        if compared is not None:
            yield from self._classes(compared[1])
        after = _AFTER.search(self.at.nearby)
        if after is not None:
            wanted = ("粒度", "表") if after[1] == "自" else ("规则", "字段", "参数")
            yield from (self._named(one) for one in self._names if one.kind in wanted)
            return
        if _ALONG.search(self.at.nearby):
            yield self._offer(VALUE_BEFORE, WORD, "前面一行推出的结果", BEFORE_MEANS)
        grain = self._value_beside("粒度") or self._grain_known()
        scope = vars(self.snapshot).setdefault("_read_from_scope", Scope(self.snapshot))
        for one in self._names:
            if one.kind in ("规则", "字段", "参数", "检查"):
                yield self._named(one, far=self._distance(scope, grain, one))
        for name, function in FUNCTIONS.items():
            insert = f"{name}(" if function.most != 0 else f"{name}()"
            offered = self._offer(name, FUNCTION, f"{name}({function.arguments})", function.meaning, insert)
            yield replace(offered, far=_FUNCTION)

    def _distance(self, scope: Scope, grain: str, one: Named) -> int:
        if grain and not _reaches(scope, grain, one.name):
            return _ELSEWHERE
        table = self.snapshot.tables.get(scope.base(grain)) if grain else None
        if table is not None and one.name in table.fields:
            return _OWN_FIELD
        rule = self.snapshot.rules.get(one.name)
        return _SAME_ROWS if rule is not None and rule.grain == grain else _READABLE

    def _grain_known(self) -> str:
        entry = self.snapshot.entries.get(self._entry_name())
        return entry.grain if isinstance(entry, Rule) else ""

    def _classes(self, name: str, after: str = "") -> Iterator[Completion]:
        about = next((one for one in self._names if one.name == name and one.classes), None)
        for word in about.classes if about is not None else ():
            yield self._offer(word, CLASS, name, insert=word + after)

    def _named(self, one: Named, after: str = "", far: int = 0) -> Completion:
        value = f" = {one.value}" if one.kind == "参数" and one.value else ""
        what = f"{one.what}{value}" + ("；这里要汇总或用 取(…)" if far == _ELSEWHERE else "")
        offered = self._offer(one.name, NAME, what, one.meaning or "；".join(one.cites[:1]), one.name + after)
        return replace(offered, far=far)

    @property
    def _names(self) -> list[Named]:
        return names_known(self.book, self.day)

    # -- examples

    def _in_an_example(self) -> Iterator[Completion]:
        at = self.at
        if at.inside_text or (at.role == KEY and len(at.path) == 2):
            yield from (self._named(one, "" if at.inside_text else ": ") for one in self._names)
            return
        if at.role == KEY and len(at.path) == 1:
            for keyword in KEYWORDS:
                if "test" in keyword.places and keyword.word not in at.beside:
                    yield self._offer(keyword.word, KEYWORD, PLACES["test"], keyword.description, f"{keyword.word}: ")
        elif at.key == "程序":
            yield from (self._named(one) for one in self._names if one.kind == "程序")
        elif at.role != KEY and len(at.path) == 3:
            yield from self._classes(at.key)


def names_known(book: Book, day: datetime.date) -> list[Named]:
    """The names of a book on a day, listed once for each book."""
    kept = vars(book).setdefault("_names_listed", {})
    if day not in kept:
        kept[day] = names_of_book(book, day)
    return kept[day]  # type: ignore[no-any-return]


def _reaches(scope: Scope, grain: str, name: str) -> bool:
    try:
        scope.reach(grain, name)
    except Unreachable:
        return False
    return True
