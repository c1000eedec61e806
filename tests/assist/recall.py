"""``python -m tests.assist.recall [--every N] [FOLDER …]``: how often completion offers what really stands there.

Every word of the shipped rules is taken away but for its first one or two signs, once with the rest of its line and
once without, and completion asked: is the word among what is offered, and at which rank?
"""

from __future__ import annotations

import argparse
import datetime
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.assist.complete import complete
from engine.assist.offered import names_known
from engine.language.functions import FUNCTIONS
from engine.rulebook.book import Book, load
from engine.rulebook.keywords import OPERATOR_WORDS, RESERVED_WORDS
from engine.rulebook.locate import Located
from engine.rulebook.spans import Written, written

ROOT = Path(__file__).parents[2]
_NAME = re.compile(r"[0-9]*[^\W\d¹²³¼-¾⁰-₉][^\W¹²³¼-¾⁰-₉]*")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|#.*")
_FORMULAS = frozenset(("公式", "条件", "则", "拒收", "提醒", "必须", "筛查", "不成立时"))
_FOR_PEOPLE = frozenset(
    ("说明", "原句", "又名", "可替换", "标题", "为什么", "未写明", "题名", "原文", "名称", "不计算", "版本", "施行")
)
_LISTS = frozenset(
    ("主键", "键", "每个", "列", "首要", "报表", "测算", "见于", "粒度", "按", "交来", "合计行", "回填", "归期")
)
_WORDS = frozenset(
    ("单位", "状态", "有效期", "规则时点", "连续", "期间", "方式", "不提示", "备查", "可空", "可缺行", "任何", "多值",
     "模板",      "示例", "标识", "代替规则", "追溯", "默认", "表", "文件")
)  # fmt: skip
_HEADS = ("region.yaml", "module.yaml", "amendment.yaml")


@dataclass(frozen=True)
class Token:
    """``text[start:end]`` of a file is the word; ``kind``: of place."""

    kind: str
    start: int
    end: int


@dataclass
class Tally:
    asked: int = 0
    ranks: list[int] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return len(self.ranks) / self.asked


def tokens_of(
    path: Path, text: str, classes: frozenset[str], names: frozenset[str], is_example: bool
) -> Iterator[Token]:
    """The words of a file that somebody chose from what there is; not names that are made, figures, texts."""
    if path.suffix == ".csv":
        yield from _csv_tokens(text, classes)
        return
    root = written(text)
    if root is not None:
        yield from _Tokens(path, text, classes, names).of_file(root, is_example)


def _csv_tokens(text: str, classes: frozenset[str]) -> Iterator[Token]:
    at = 1 if text.startswith("\ufeff") else 0
    for number, line in enumerate(text[at:].split("\n")):
        for cell in re.finditer(r"[^,\r\n]+", line):
            if not number:
                yield Token("CSV 表头", at + cell.start(), at + cell.end())
            elif cell[0] in classes:
                yield Token("CSV 类别", at + cell.start(), at + cell.end())
        at += len(line) + 1


class _Tokens:
    def __init__(self, path: Path, text: str, classes: frozenset[str], names: frozenset[str]) -> None:
        self.path, self.text, self.classes, self.known = path, text, classes, names

    def of_file(self, root: Written, is_example: bool) -> Iterator[Token]:
        for key, value in root.entries:
            if is_example:
                yield from self.example(value)
            elif self.path.name in _HEADS:
                yield self.whole("head 关键字", key)
                yield from self.head(key.value, value)
            elif key.value in ("依据", "状态", "替换", "删除"):
                yield self.whole("文件 关键字", key)
                if key.value == "替换":
                    for name, body in value.entries:
                        yield self.whole("替换 名称", name)
                        yield from self.entry(name.value, body)
                elif key.value == "删除":
                    yield from self.each("删除", value)
                else:
                    yield from self.value(key.value, value)
            else:
                yield from self.entry(key.value, value)

    def head(self, word: str, value: Written) -> Iterator[Token]:
        if word == "文件":
            for _, about in value.entries:
                for key, _ in about.entries:
                    yield self.whole("文件目录 关键字", key)
        elif word in ("沿用", "修订"):
            yield from self.each(word, value)
        elif word not in _FOR_PEOPLE:
            yield from self.value(word, value)

    def entry(self, name: str, body: Written) -> Iterator[Token]:
        if body.kind == "list":
            yield from self.formulas("字段 类别", body)
        for key, value in body.entries:
            yield self.whole("条目 关键字", key)
            yield from self.value(key.value, value)

    def value(self, word: str, value: Written) -> Iterator[Token]:
        if word in _FOR_PEOPLE:
            return
        if word == "依据":
            if value.kind == "scalar":
                yield self.whole("依据", value)
        elif word in _FORMULAS:
            yield from self.formula(word, value)
            for _, inner in value.entries:
                yield from self.formula(word, inner)
        elif word in ("限", "范围"):
            yield from self.formula(word, value)
        elif word == "字段":
            yield from self.fields(value)
        elif word == "取值":
            for key, inner in value.entries:
                yield self.whole("取值 日期", key)
                yield from self.formula("取值 值", inner)
        elif word == "分情形":
            for key, inner in value.entries:
                yield from self.formula("分情形 条件", key)
                yield from self.formula("分情形 值", inner)
                for below, one in inner.entries:
                    yield self.whole("一支 关键字", below)
                    yield from self.value(below.value, one)
        elif word == "表" and value.kind == "list":
            for row in value.items:
                for column, cell in row.entries:
                    yield self.whole("表 列", column)
                    if column.value in ("依据", "状态"):
                        yield from self.value(column.value, cell)
                    elif column.value not in _FOR_PEOPLE:
                        yield from self.formula("表 格", cell)
        elif word == "舍入":
            for key, inner in value.entries:
                yield self.whole("舍入 关键字", key)
                yield from self.value(key.value, inner) if key.value == "方式" else ()
        elif word in ("排除", "需要", "行"):
            for key, inner in value.entries:
                yield self.whole(f"{word} 表", key)
                yield from self.formula("行 条件", inner) if word == "行" and inner.kind == "scalar" else ()
                yield from self.each(word, inner) if word != "行" else ()
            if value.kind == "scalar":
                yield from self.each(word, value)
        elif word == "读法":
            for key, inner in value.entries:
                yield self.whole("读法 关键字", key)
                if key.value == "见于":
                    yield from self.each("见于", inner)
                for option, _ in inner.entries if key.value == "读作" else ():
                    yield self.whole("读作", option)
        elif word in ("列", "首要"):
            yield from self.each(word, value)
            for key, inner in value.entries:
                yield self.whole(word, key)
                for below, _ in inner.entries:
                    yield self.whole("列 关键字", below)
        elif word == "类型":
            yield from self.types(value)
        elif word in _LISTS or word in _WORDS:
            yield from self.each(word, value)

    def fields(self, value: Written) -> Iterator[Token]:
        for _, spec in value.entries:
            yield from self.types(spec)
            for key, inner in spec.entries:
                yield self.whole("字段 关键字", key)
                yield from self.value(key.value, inner)

    def types(self, value: Written) -> Iterator[Token]:
        if value.kind == "scalar":
            yield self.whole("类型", value)

    def example(self, body: Written) -> Iterator[Token]:
        for key, value in body.entries:
            yield self.whole("例子 关键字", key)
            if key.value == "程序":
                yield self.whole("例子 程序", value)
            elif key.value == "分情形":
                yield from self.table(value)
            elif key.value in ("已知", "应得"):
                for name, given in value.entries:
                    yield from self.names(f"例子 {key.value}", name)
                    if given.kind == "scalar" and given.style in ("|", ">"):
                        yield from self.table(given)
                    else:
                        yield from self.cells(given)
                    for row in (given, *given.items):
                        for cell, inner in row.entries:
                            yield from self.names("例子 行", cell)
                            yield from self.cells(inner)

    def cells(self, given: Written) -> Iterator[Token]:
        if given.kind == "scalar" and given.value in self.classes:
            yield self.whole("例子 类别", given)

    def names(self, kind: str, name: Written) -> Iterator[Token]:
        for part in _NAME.finditer(self.text, name.start, name.end):
            if self.text[part.end() : part.end() + 1] not in ("(", "（"):
                yield Token(kind, part.start(), part.end())

    def table(self, value: Written) -> Iterator[Token]:
        at, is_head = self.text.find("\n", value.start) + 1, True
        while 0 < at < value.end:
            stop = self.text.find("\n", at)
            stop = len(self.text) if stop < 0 else stop
            line = self.text[at:stop]
            if line.strip() and not line.strip().startswith("#"):
                for cell in re.finditer(r"[^|\s][^|]*", line):
                    word = cell[0].rstrip()
                    begun = at + cell.start()
                    if is_head and _NAME.fullmatch(word):
                        yield Token("例子 表头", begun, begun + len(word))
                    elif not is_head and word in self.classes:
                        yield Token("例子 格", begun, begun + len(word))
                is_head = False
            at = stop + 1

    def each(self, kind: str, value: Written) -> Iterator[Token]:
        if value.kind == "scalar":
            if "、" in value.value or "，" in value.value or " " in value.value:
                yield from self.names(kind, value)
            else:
                yield self.whole(kind, value)
        for item in value.items:
            yield self.whole(kind, item) if item.kind == "scalar" else Token(kind, 0, 0)

    def whole(self, kind: str, scalar: Written) -> Token:
        at = self.text.find(scalar.value, scalar.start, scalar.end) if scalar.kind == "scalar" else -1
        return Token(kind, at, at + len(scalar.value)) if at >= 0 and scalar.value else Token(kind, 0, 0)

    def formulas(self, kind: str, value: Written) -> Iterator[Token]:
        for item in value.items:
            yield from self.formula(kind, item)

    def formula(self, kind: str, value: Written) -> Iterator[Token]:
        if value.kind != "scalar":
            return
        start = value.start + (self.text[value.start : value.end].find("\n") + 1 if value.style in ("|", ">") else 0)
        start, end = (start + 1, value.end - 1) if value.style in ('"', "'") else (start, value.end)
        body = self.text[start:end]
        quoted = [one.span() for one in _QUOTED.finditer(body)]
        for part in _NAME.finditer(body):
            if any(a <= part.start() < b for a, b in quoted):
                continue
            word = part[0]
            if word in OPERATOR_WORDS or word in RESERVED_WORDS:
                what = "词"
            elif word in FUNCTIONS:
                what = "函数"
            else:
                what = "类别" if word in self.classes else "名称" if word in self.known else ""
            if not what:  # a code
                continue
            yield Token(f"{kind} {what}", start + part.start(), start + part.end())


def words_of(book: Book) -> Iterator[tuple[Path, str, Token, bool]]:
    """The words of all files of a region's own folder: file, text, word, whether it is of examples."""
    classes = frozenset(word for one in names_known(book, datetime.date.today()) for word in one.classes)
    snapshots = [book.at(epoch) for epoch in book.epochs]
    names = frozenset(word for one in snapshots for word in (*one.entries, *one.columns, *one.dimensions))
    for path in sorted(book.folder.rglob("*")):
        if path.suffix in (".yaml", ".csv"):
            text = path.read_bytes().decode()
            is_example = "tests" in path.relative_to(book.folder).parts[:-1]
            for token in tokens_of(path, text, classes, names, is_example):
                if token.end > token.start:
                    yield path, text, token, is_example


def measured(folder: Path, every: int, tallies: dict[str, Tally], seconds: list[float]) -> None:
    book = load(Located(folder, None))
    for number, (path, text, token, _) in enumerate(words_of(book), 1):
        if number % every == 0:
            _ask(book, path, text, token, datetime.date.today(), tallies[token.kind], seconds)


def _ask(
    book: Book, path: Path, text: str, token: Token, day: datetime.date, tally: Tally, seconds: list[float]
) -> None:
    word = text[token.start : token.end]
    for typed in range(1, min(2, max(len(word) - 1, 1)) + 1):
        for keeps in (True, False):
            stop = token.end if keeps else text.find("\n", token.end)
            after = text[stop:] if stop >= 0 else ""
            cut = text[: token.start + typed]
            begun = time.process_time()
            found = complete(book, path, cut + after, len(cut), day)
            seconds.append(time.process_time() - begun)
            tally.asked += 1
            rank = next((n for n, one in enumerate(found, 1) if fits(one, cut, token, word)), 0)
            if rank:
                tally.ranks.append(rank)
            else:
                line = text.count("\n", 0, token.start) + 1
                tally.missed.append(f"{path.relative_to(ROOT)}:{line} {word}")


def fits(one, cut: str, token: Token, word: str) -> bool:  # type: ignore[no-untyped-def]
    """Whether taking it would write the word there, and its sign behind it at most."""
    made = cut[: one.start] + one.insert
    return made[token.start :].rstrip("(): ") == word.rstrip("(): ") and made[: token.start] == cut[: token.start]


def table(tallies: dict[str, Tally]) -> list[str]:
    lines = [f"{'place':<16} {'asked':>7} {'offered':>8} {'median rank':>12} {'90 %':>5}"]
    for kind, tally in sorted(tallies.items(), key=lambda item: item[1].recall if item[1].asked else 2):
        if tally.asked:
            ranks = sorted(tally.ranks) or [0]
            late = ranks[len(ranks) * 9 // 10]
            lines.append(f"{kind:<16} {tally.asked:>7} {tally.recall:>8.1%} {statistics.median(ranks):>12} {late:>5}")
    return lines


def folders() -> list[Path]:
    return [one for top in ("regions", "rules") for one in sorted((ROOT / top).iterdir()) if one.is_dir()]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folders", nargs="*", type=Path)
    asked.add_argument("--every", type=int, default=1)
    asked.add_argument("--misses", type=int, default=0)
    options = asked.parse_args()
    tallies: dict[str, Tally] = defaultdict(Tally)
    seconds: list[float] = []
    for folder in options.folders or folders():
        measured(folder.resolve(), options.every, tallies, seconds)
    print("\n".join(table(tallies)))
    print(f"{len(seconds)} asked, median {statistics.median(seconds) * 1000:.1f} ms, most {max(seconds) * 1000:.0f} ms")
    for kind, tally in tallies.items() if options.misses else ():
        seen = list(dict.fromkeys(tally.missed))
        for one in seen[:: max(len(seen) // options.misses, 1)][: options.misses]:
            print(f"  {kind}: {one}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
