"""Ways to spoil text and bytes: flips, cuts, swaps, splices, hostile words."""

from __future__ import annotations

import random
import re

HOSTILE = [
    "\x00", "\x1b[2J", "\u202e", "\u2066", "\ufeff", "\ud800", "\U0001f4a9", "\u2f46", "\u3000", "\t", "\r", "\x85",
    "'", '"', "`", ";", "--", "/*", "*/", "%s", "$1", "{}", "${x}", "\\", "\\n", "../../etc/passwd", "/etc/passwd",
    "C:\\", "CON", "=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1", "＝1", "&a", "*a", "<<", "!!python/object:os.system x",
    "!!binary", "---", "...", "? ", "- ", "[", "]", "{", "}", ": ", "：", ",", "，", "#", "|", ">", "%YAML 1.1",
    "9" * 400, "1e999", "0x7fffffff", "nan", "1" + "0" * 60 + "%", "-0", "1:2:7", "NO", "~", "null", "0000-00-00",
    "9999-12-31", "2025-02-30", "2025-13", "任何", "待定", "是", "否", "空", "有", "没有", "非", "且", "或", "属于",
    "原规定", "合计(", "取(", "逐段(", "上期(", "分摊(", "名次(", "无法确定(“x”)", "若(", "缺省(", "→ ", "(((((((((",
    "))))", "“", "”", "÷ 0", "× × ", "^", "²", "½", "٣", "‰", "%%", "，，", "、、", "…",
]  # fmt: skip


def text_spoilt(text: str, rng: random.Random, others: list[str]) -> str:
    """``text`` with one to four changes: of characters, words, lines, indentation, or with pieces of ``others``."""
    lines = text.split("\n")
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(lines))
        rng.choice(_OF_LINES)(lines, at, rng, others)
        lines = "\n".join(lines).split("\n") or [""]
    return "\n".join(lines)


def _drop(lines: list[str], at: int, rng: random.Random, others: list[str]) -> None:
    lines[at : at + rng.choice([1, 1, 1, 5])] = [] if len(lines) > 6 else [""]


def _double(lines: list[str], at: int, rng: random.Random, others: list[str]) -> None:
    lines[at:at] = lines[at : at + rng.choice([1, 1, 4])]


def _swap(lines: list[str], at: int, rng: random.Random, others: list[str]) -> None:
    other = rng.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _indent(lines: list[str], at: int, rng: random.Random, others: list[str]) -> None:
    lines[at] = rng.choice(["", " ", "  ", "    ", "\t", "\u3000"]) + (lines[at].lstrip() or "x")


def _word(lines: list[str], at: int, rng: random.Random, others: list[str]) -> None:
    """A word in the place of another, from here, from elsewhere, or a hostile one."""
    words = list(re.finditer(r"[\w.%‰]+|[^\w\s]", lines[at]))
    if not words:
        return
    gone = rng.choice(words)
    away = rng.choice(others).split("\n")
    there = re.findall(r"[\w.%‰]+|[^\w\s]", rng.choice(away)) or ["x"]
    new = rng.choice([rng.choice(HOSTILE), rng.choice(there), rng.choice(words)[0], ""])
    lines[at] = lines[at][: gone.start()] + new + lines[at][gone.end() :]


def _insert(lines: list[str], at: int, rng: random.Random, others: list[str]) -> None:
    place = rng.randint(0, len(lines[at]))
    lines[at] = lines[at][:place] + rng.choice(HOSTILE) + lines[at][place:]


def _number(lines: list[str], at: int, rng: random.Random, others: list[str]) -> None:
    new = rng.choice(["0", "-1", "1.5", "", "9" * 40, "1" * 5000, "0.0000000001", "2025-02-29"])
    lines[at] = re.sub(r"\d+", new, lines[at], count=1)


def _repeat(lines: list[str], at: int, rng: random.Random, others: list[str]) -> None:
    words = re.findall(r"\S+", lines[at]) or ["x"]
    lines[at] += rng.choice(["", " "]).join([rng.choice(words)] * rng.choice([3, 30, 300]))


def _splice(lines: list[str], at: int, rng: random.Random, others: list[str]) -> None:
    """Some lines of another file."""
    away = rng.choice(others).split("\n")
    start = rng.randrange(len(away))
    lines[at:at] = away[start : start + rng.randint(1, 12)]


def _cut(lines: list[str], at: int, rng: random.Random, others: list[str]) -> None:
    if rng.random() < 0.3:
        lines[at] = lines[at][: rng.randint(0, len(lines[at]))]
        del lines[at + 1 :]
    else:
        lines[at] = lines[at][: rng.randint(0, len(lines[at]))]


_OF_LINES = [_drop, _double, _swap, _indent, _word, _word, _word, _insert, _insert, _number, _repeat, _splice, _cut]


def bytes_spoilt(data: bytes, rng: random.Random) -> bytes:
    """``data`` with flipped, cut, doubled or foreign bytes."""
    made = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 5, 20])):
        if not made:
            return b""
        at = rng.randrange(len(made))
        how = rng.randrange(7)
        if how == 0:
            made[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            made[at] = rng.choice([0, 0xFF, 0x0A, 0x22, 0x2C, 0x80, 0x7F])
        elif how == 2:
            del made[at : at + rng.choice([1, 1, 16, 400])]
        elif how == 3:
            made[at:at] = made[at : at + rng.choice([1, 8, 300])]
        elif how == 4:
            del made[at:]
        elif how == 5:
            made[at : at + 4] = rng.choice([b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\x7f\xff\xff\xff", b"\0\0\0\0"])
        else:
            word = rng.choice(HOSTILE).encode("utf-8", "surrogatepass")
            made[at:at] = word
    return bytes(made)
