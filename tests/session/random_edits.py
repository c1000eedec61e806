"""Random edits of a region that stays open, each compared with a fresh check of the same files.

Several hundred by hand: ``python -m tests.session.random_edits REGION SEED EDITS``.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from engine.check import check_book
from engine.files.named_files import Files
from engine.rulebook.book import load
from engine.rulebook.locate import Located
from engine.rulebook.problems import Problem, RulebookError
from engine.session import Session

_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
_NUMBER = re.compile(r"\d+")
_ENTRY = re.compile(r"[\u4e00-\u9fff].*: *\{.*\}$")
_SIGNS = (
    (" + ", " - "), (" × ", " ÷ "), ("≥", ">"), ("且", "或"), ("<", "≤"), ("是", "否"), ("元", "点"),
    ("舍入: 2", "舍入: 4"), ("合计(", "均值("), ("缺省(", "较小("), ("日期", "文本"), ("否则", "其余"),
)  # fmt: skip
_NEW = "新价: {单位: 元, 取值: {2025-01-01: 10}, 依据: 办法 第一条}\n"
_NAMES = ("新甲", "新乙", "新丙")
_OFTEN_SOUND = (
    "figure", "figure", "name", "name", "sign", "sign", "sign", "longer name", "comment",
    "new entry", "new entry", "new name", "entry gone",
)  # fmt: skip
_OFTEN_BROKEN = ("line gone", "line twice", "lines swapped", "indented", "letter", "half a file")


def fresh(folder: Path, files: Files) -> list[Problem]:
    """What a check finds that knows of no session."""
    try:
        return check_book(load(Located(folder), files))
    except RulebookError as error:
        return error.problems


def as_told(problems: list[Problem]) -> list[tuple]:
    return [(p.code, p.place, p.message, p.hint, p.excerpt) for p in problems]


def edited(text: str, rng: random.Random) -> str:
    """The text with one edit as people make them; now and then one that leaves no YAML."""
    how = rng.choice(_OFTEN_SOUND if rng.random() < 0.9 else _OFTEN_BROKEN)
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    words = list(_WORD.finditer(text))
    if how == "figure" and (found := list(_NUMBER.finditer(text))):
        one = rng.choice(found)
        return text[: one.start()] + str(rng.randrange(400)) + text[one.end() :]
    if how in ("name", "longer name") and words:
        one, other = rng.choice(words), rng.choice(words)
        new = other[0] if how == "name" else f"{one[0]}改"
        return text[: one.start()] + new + text[one.end() :]
    if how == "sign":
        sign, other_sign = rng.choice([pair for pair in _SIGNS if pair[0] in text] or [("a", "b")])
        places = [place.start() for place in re.finditer(re.escape(sign), text)] or [0]
        place = rng.choice(places)
        return text[:place] + other_sign + text[place + len(sign) :]
    if how == "new entry" and words:
        return f"{text}\n{rng.choice(_NAMES)}: {{粒度: {rng.choice(words)[0]}, 公式: {_formula(words, rng)}}}\n"
    if how == "new name" and words:
        one = rng.choice(words)
        return text[: one.start()] + rng.choice(_NAMES) + text[one.end() :]
    if how == "entry gone" and (entries := [n for n, line in enumerate(lines) if _ENTRY.match(line)]):
        del lines[rng.choice(entries)]
        return "\n".join(lines)
    if how == "half a file":
        return text[: len(text) // 2]
    if how == "line gone":
        del lines[at]
    elif how == "line twice":
        lines.insert(at, lines[rng.randrange(len(lines))])
    elif how == "lines swapped":
        lines[at - 1], lines[at] = lines[at], lines[at - 1]
    elif how == "indented":
        lines[at] = f"  {lines[at]}"
    elif how == "letter":
        lines[at] += "x"
    else:
        lines.insert(at, "# 注")
    return "\n".join(lines)


def _formula(words: list[re.Match[str]], rng: random.Random) -> str:
    """Of words of the text and of names that other edits may write."""
    named = [rng.choice([rng.choice(words)[0], rng.choice(_NAMES)]) for _ in range(2)]
    return rng.choice(("{} + {}", "合计({}) × {}", "{} > {}", "缺省({}, {})")).format(*named)


class Edits:
    """A session of a region, edited again and again: files of all its layers, files of rows, examples, new files."""

    def __init__(self, region: str | Path, seed: int) -> None:
        self.session = Session(region)
        self.rng = random.Random(seed)
        folders = {layer.folder for layer in self.session.book.layers}
        found = {path for folder in folders for suffix in ("yaml", "csv") for path in folder.rglob(f"*.{suffix}")}
        self.paths = sorted(path for path in found if not path.is_symlink())
        self.texts: dict[Path, bytes | None] = {}
        self.seconds: list[float] = []
        self.seconds_fresh: list[float] = []

    def compared(self, edits: int) -> Iterator[tuple[Path, list[tuple], list[tuple]]]:
        """After each edit the file, what the session says, and what a fresh check does."""
        for _ in range(edits):
            path = self._edit()
            begun = time.process_time()
            said = as_told(self.session.problems())
            self.seconds.append(time.process_time() - begun)
            begun = time.process_time()
            right = fresh(self.session.folder, self.session.files)
            self.seconds_fresh.append(time.process_time() - begun)
            yield path, said, as_told(right)
            if any(problem.code in ("I101", "E201") for problem in right):
                self._put_back(list(self.texts))

    def _edit(self) -> Path:
        if len(self.texts) > 3:
            self._put_back([self.rng.choice(list(self.texts))])
        path = self.rng.choice(self.paths)
        if path in self.texts and self.rng.random() < 0.5:
            self._put_back([path])
            return path
        if self.rng.random() < 0.03:
            self._write(path, None)
        elif self.rng.random() < 0.03:
            path = self.session.folder / f"新{self.rng.randrange(3)}.yaml"
            self._write(path, edited(_NEW, self.rng).encode())
        else:
            text = self.texts.get(path) or (path.read_bytes() if path.exists() else b"")
            self._write(path, edited(text.decode("utf-8-sig"), self.rng).encode())
        return path

    def _write(self, path: Path, text: bytes | None) -> None:
        self.texts[path] = text
        self.session.write(path, text)

    def _put_back(self, paths: list[Path]) -> None:
        for path in paths:
            del self.texts[path]
            self.session.forget(path)


def main(region: str, seed: int, edits: int) -> int:
    made, wrong = Edits(region, seed), 0
    for number, (path, said, right) in enumerate(made.compared(edits), 1):
        if said != right:
            wrong += 1
            print(f"{number} {path}")
            for head, some, others in (("too much", said, right), ("missing", right, said)):
                for one in some:
                    if one not in others:
                        print(f"  {head}: {one[:3]}")
    median, median_fresh = statistics.median(made.seconds), statistics.median(made.seconds_fresh)
    print(f"{region} {seed}: {edits} edits, {wrong} wrong; {median * 1000:.0f} ms, fresh {median_fresh * 1000:.0f} ms")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
