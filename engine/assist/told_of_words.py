"""What is told of what is no name and no keyword: words of formulas, classes, units, articles, dates, files.

Completion knows what may stand at a place and what it is: what does stand there is told the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.assist.complete import offered_at
from engine.assist.offered import ARTICLE, CLASS, DATE, FUNCTION, NAME, UNIT, Asked, Completion
from engine.assist.spot import KEY
from engine.language.functions import FUNCTIONS, Function
from engine.rulebook.keywords import KEYWORDS

MOST_TOLD = 8


def of_a_word(asked: Asked, offset: int) -> tuple[int, int, tuple[str, ...]] | None:
    """From where to where what is at ``offset`` stands, and what is told of it; the longest that it may be.

    ``asked``: at the end of the word there.
    """
    text = asked.text
    found = [one for one in offered_at(asked) if text.startswith(one.label, one.start) and _is_there(text, one, offset)]
    if not found:
        return None
    best = max(found, key=lambda one: len(one.label))
    return best.start, best.start + len(best.label), tuple(line for line in _lines(asked, best) if line)


def _is_there(text: str, one: Completion, offset: int) -> bool:
    end = one.start + len(one.label)
    if one.kind == ARTICLE and not re.search(r"[\n,}\]]", text[end:offset]):
        return one.start <= offset  # an article that is not known is of a document that is
    return one.start <= offset <= end and not (text[end : end + 1].isalnum() and one.label[-1].isalnum())


def _lines(asked: Asked, one: Completion) -> Iterator[str]:
    if one.kind == FUNCTION:
        yield from about_function(FUNCTIONS[one.label])
        return
    yield f"{one.label}：{one.kind}" + (f"（{one.detail}）" if one.detail and one.kind != ARTICLE else "")
    if one.meaning:
        yield one.meaning
    if one.kind == CLASS:
        yield from _some("是它的一类", (name.name for name in asked.names if one.label in name.classes))
    elif one.kind == UNIT:
        yield from _some("用它的", (name.name for name in asked.names if name.unit == one.label))
    elif one.kind == ARTICLE:
        document = one.label.split(" ")[0]
        titles = (
            about.title for layer in asked.book.layers for name, about in layer.documents.items() if name == document
        )
        yield next(titles, "")
        yield from _some("引用它的", (name.name for name in asked.names if one.label in name.cites))
    elif one.kind == DATE:
        started = (layer.title for layer in asked.book.layers if str(layer.start) == one.label)
        yield from _some("从这天起施行的", started)
    elif one.kind == NAME:
        yield next((layer.title for layer in asked.book.layers if layer.name == one.label), "")
    elif asked.at.role != KEY and not one.meaning:
        yield next((keyword.description for keyword in KEYWORDS if keyword.word == asked.at.key), "")


def about_function(function: Function) -> tuple[str, ...]:
    return f"{function.name}({function.arguments})", f"{function.family}函数", function.meaning


def _some(what: str, names: Iterator[str]) -> Iterator[str]:
    found = list(dict.fromkeys(names))
    if found:
        more = f" 等 {len(found)} 个" if len(found) > MOST_TOLD else ""
        yield f"{what}：{'、'.join(found[:MOST_TOLD])}{more}"
