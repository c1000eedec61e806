"""What a value that may be absent is taken as, and asking first whether there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.assist.fixes.fix import Case, Edit, Fix
from engine.assist.fixes.words import NAME
from engine.rulebook.spans import written


def default(case: Case) -> Iterator[Fix]:
    """A value that may be absent taken as 0; other cures need to know what the text means."""
    if "缺省(" not in case.problem.hint:
        return
    word = NAME.match(case.text, case.at)
    if word is not None and re.search(rf"缺省\({re.escape(word[0])}, (0|…)\)", case.problem.hint):
        edits = [Edit(word.start(), word.end(), f"缺省({word[0]}, 0)"), *_quotes_round(case.text, word.start())]
        yield Fix(f"没有值就按 0：缺省({word[0]}, 0)", tuple(edits))


def guard(case: Case) -> Iterator[Fix]:
    """Asks first whether there is a value: in the clause 当 of an aggregate, or in the condition."""
    word = NAME.match(case.text, case.at)
    if word is None:
        return
    name = word[0]
    edits: list[Edit] = []
    if f"加 当 有 {name}，" in case.problem.hint:
        title, end = f"只汇总有值的行：当 有 {name}", _end_of_call(case.text, word.end())
        when = re.search(r"(?<=[,，])\s*当\s+", case.text[word.end() : end]) if end else None
        if when is not None:
            at = word.end() + when.end()
            edits = [Edit(at, at, f"有 {name} 且 ")]
        elif end:
            edits = [Edit(end, end, f", 当 有 {name}")]
    elif f"写 有 {name} 且" in case.problem.hint:
        title = f"没有值就不成立：有 {name} 且 {name}"
        edits = [Edit(word.start(), word.end(), f"(有 {name} 且 {name})")]
    if edits:
        yield Fix(title, (*edits, *_quotes_round(case.text, word.start())))


def _end_of_call(text: str, at: int) -> int:
    """Where the bracket closes that is open at a place, on its line; 0 where none is."""
    deep = 0
    for place in range(at, len(text)):
        sign = text[place]
        if sign == "\n":
            return 0
        if sign in "(（":
            deep += 1
        elif sign in ")）":
            if not deep:
                return place
            deep -= 1
    return 0


def _quotes_round(text: str, at: int) -> Iterator[Edit]:
    """Quotes round the plain text within brackets that a comma would cut."""
    root = written(text)
    waiting = [(root, False)] if root is not None else []
    while waiting:
        node, within = waiting.pop()
        within = within or node.flow
        waiting += [(part, within) for entry in node.entries for part in entry] + [(one, within) for one in node.items]
        if node.kind == "scalar" and within and not node.style and node.start <= at < node.end:
            yield Edit(node.start, node.start, '"')
            yield Edit(node.end, node.end, '"')
