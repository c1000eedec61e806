"""What a comma or a colon cut in two, without an error of YAML's: put together again, with a problem."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.rulebook.keywords import places_of
from engine.rulebook.nodes import Scalar, Yaml, shortened
from engine.rulebook.problems import Place

MAX_FORMULA = 2000
# A condition as the key of a case, and a full-width colon after it.
_CONDITION = re.compile(r"([^:：“”]*[<>=≤≥≠＜＞＝\s][^:：“”]*)(：)\s*(.*)", re.DOTALL)
_KEY_WITHIN = re.compile(r"[，,;；]\s*(\w+)\s*：")
Report = Callable[..., None]
Finding = tuple[str, Place, str, str]


def join_cut_items(items: list, report: Report) -> list:
    """The items of ``[较大(a, b)]`` as one again, with a problem; ``[a，b]`` is a problem too."""
    joined: list = []
    for item in items:
        plain = isinstance(item, Scalar) and not item.quoted
        if plain and joined and _is_cut(last := joined[-1]):
            joined[-1] = Scalar(without_curly(f"{last.text}, {item.text}"), last.place)
            if not _is_open(joined[-1].text):
                report("E110", last.place, *_cut(joined[-1].text, f'"{joined[-1].text}"'))
            continue
        if plain and "，" in item.text and _open_brackets(item.text) == 0:
            report(
                "E106",
                item.place,
                f"列表里的“{item.shown}”用了全角逗号，被当成一项",
                "列表里用半角逗号加空格分开：“[甲, 乙]”",
            )
        joined.append(item)
    return _marked_open(joined, report)


def join_cut_entries(entries: list, report: Report) -> list | None:
    """The entries of ``{公式: 较大(a, b)}`` put together, with a problem; ``None`` if they cannot be."""
    joined: list = []
    readable = True
    for key, value in entries:
        valueless = isinstance(value, Scalar) and value.unreadable
        if valueless and not key.quoted and joined and _is_cut(joined[-1][1]):
            first, begun = joined[-1]
            comma = (
                "," if re.search(r"(?<![\w.])[0-9]{1,3}$", begun.text) and re.match(r"[0-9]{3}\b", key.text) else ", "
            )
            whole = Scalar(without_curly(f"{begun.text}{comma}{key.text}"), begun.place)
            joined[-1] = (first, whole)
            if not _is_open(whole.text):
                report("E110", first.place, *_cut(whole.text, f'{first.text}: "{whole.text}"'))
            continue
        if valueless and joined and (number := _thousands(joined[-1][1], key)):
            report(
                "E110",
                joined[-1][1].place,
                f"数里的逗号把“{number}”切断了",
                f"不写千分位的逗号：写 {number.replace(',', '')}",
            )
            joined[-1] = (joined[-1][0], Scalar(number.replace(",", ""), joined[-1][1].place))
            continue
        if _open_brackets(key.text) != 0 and not key.quoted:
            report("E110", key.place, *_cut(key.text, '"…"'))
            continue
        if valueless and not key.quoted and (found := colon_mistake(key)):
            report(*found)
            pieces = [_meant(Scalar(piece.strip(), key.place)) for piece in key.text.split("，")]
            joined.extend(meant for meant in pieces if meant is not None)
            readable = readable and None not in pieces
            continue
        if isinstance(value, Scalar) and not value.quoted and (within := _key_within(value)):
            report(*within)
            readable = False
            continue
        joined.append((key, value))
    marked = _marked_open([value for _, value in joined], report)
    return [(key, value) for (key, _), value in zip(joined, marked, strict=True)] if readable else None


def _thousands(value: Yaml, key: Scalar) -> str:
    """``1,000`` of the value ``1`` and a key ``000`` without a value; or nothing."""
    if (
        not isinstance(value, Scalar)
        or value.quoted
        or key.quoted
        or not re.fullmatch(r"[0-9]{3}(\.[0-9]+)?", key.text)
    ):
        return ""
    return f"{value.text},{key.text}" if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})*|[0-9]{4,}", value.text) else ""


def _marked_open(values: list, report: Report) -> list:
    """The values, those with a bracket still open told and marked as not readable: nothing more is said of them."""
    found: list = []
    for value in values:
        if isinstance(value, Scalar) and not value.quoted and _open_brackets(value.text) > 0:
            report("E116", value.place, f"“{value.shown}”的括号没有闭合", "补上右括号，并给整个公式加引号")
            value = Scalar("", value.place)
        found.append(value)
    return found


def _is_cut(value: Yaml | None) -> bool:
    """A plain text with a bracket still open. Very long ones are left alone: they cost time."""
    if not isinstance(value, Scalar) or value.quoted or len(value.text) > MAX_FORMULA:
        return False
    return _is_open(value.text)


def _is_open(text: str) -> bool:
    """Whether a bracket, or a curly quote that the text begins with, is not closed yet."""
    return _open_brackets(text) > 0 or (text[:1] == "“" and "”" not in text)


def without_curly(text: str) -> str:
    """``“甲 + 乙”`` as ``甲 + 乙``: curly quotes around the whole were meant as the quotes of YAML."""
    inner = text.strip()[1:-1]
    return inner if text.strip()[:1] in "“”" and text.strip()[-1:] in "“”" and not set(inner) & set("“”") else text


def _cut(text: str, better: str) -> tuple[str, str]:
    grouped = re.search(r"(?<![\w.])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])", text)
    thousands = f"；数里不写千分位的逗号，{grouped[0]} 写 {grouped[0].replace(',', '')}" if grouped else ""
    return (
        f"花括号、方括号里的逗号把“{shortened(text)}”切断了",
        f"给整个公式加引号：{shortened(better)}；或分行来写{thousands}",
    )


def colon_mistake(text: Scalar) -> Finding | None:
    """A text ``单位：元`` or ``单位:元`` that was meant as key and value."""
    found = re.match(r"(\w+)\s*([:：])\s*(.*)", text.text, re.DOTALL)
    if not found and "：" in text.text[:MAX_FORMULA]:
        found = _CONDITION.match(text.text)
    if not found:
        return None
    word, colon, rest = found.groups()
    word = shortened(word.strip())
    if colon == "：":
        hint = f"改成半角冒号加空格：“{word}: {shortened(rest, 10)}”" + ("；逗号也用半角" if "，" in rest else "")
        return "E106", text.place, f"“{word}”后面是全角冒号“：”", hint
    said, add = "后面没有空格", "冒号后面加一个空格"
    if strange := re.match(r"\w+\s*:([^\S \t\r\n])", text.text):
        said = f"后面是全角空格或别的特殊空格（U+{ord(strange[1]):04X}），不是半角空格"
        add = "换成一个半角空格"
    return (
        "E107",
        text.place,
        f"“{word}:”{said}",
        f"{add}：“{word}: {shortened(rest, 10)}”",
    )


def entries_of_lines(text: Scalar, report: Report) -> list[tuple[Scalar, Yaml]] | None:
    """``费用 ≤ 100： 低`` line by line, as the cases that were meant, each with a problem; ``None`` if it is none."""
    if text.quoted or "|" in text.text or "：" not in text.text:
        return None
    starts = [start for start, _, _ in text.lines] or [0]
    ends = [*starts[1:], len(text.text)]
    lines = [Scalar(text.text[a:b].strip(), text.at(a)) for a, b in zip(starts, ends, strict=True)]
    meant = [(colon_mistake(line), _meant(line)) for line in lines]
    if any(entry is None for _, entry in meant):
        return None
    for problem, _ in meant:
        report(*(problem or ()))
    return [entry for _, entry in meant if entry is not None]


def _meant(text: Scalar) -> tuple[Scalar, Yaml] | None:
    """Key and value of a text with one full-width colon, to read on with."""
    before, colon, after = text.text.partition("：")
    if not colon or not before.strip() or not after.strip() or "：" in after or ":" in text.text:
        return None
    offset = len(text.text) - len(after.lstrip())
    return Scalar(before.strip(), text.place), Scalar(after.strip(), text.at(offset))


def _key_within(text: Scalar) -> Finding | None:
    """The value of ``{单位: 元， 舍入： 2}``: a key with a full-width colon stands in it."""
    if "：" not in text.text:
        return None
    found = next((f for f in _KEY_WITHIN.finditer(text.text[:MAX_FORMULA]) if f[1] == "否则" or places_of(f[1])), None)
    if not found:
        return None
    hint = f"改成半角逗号、半角冒号，后面加空格：“, {found[1]}: ”；若是文字，给整个值加引号"
    return "E106", text.at(found.start()), f"花括号里的“{found[1]}”后面是全角冒号“：”", hint


def _open_brackets(text: str) -> int:
    return sum((char in "(（") - (char in ")）") for char in text)


def swallowed_key(place: Place, word: str, colon: str) -> Finding:
    """``依据：…`` in a line that YAML reads as the continuation of the text before it."""
    if colon == "：":
        return (
            "E106",
            place,
            f"“{word}”后面是全角冒号，这一行被当成上一行的文字",
            f"改成半角冒号加空格：“{word}: ”",
        )
    hint = f"冒号后面加一个空格，并与上一个关键字对齐：“{word}: ”；若本来就是文字，给整段加引号"
    return "E107", place, f"“{word}:”被当成上一行的文字", hint
