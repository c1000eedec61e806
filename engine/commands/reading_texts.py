"""Declared readings in words: which of them holds, who chose it, and where it shows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.rulebook.model import OFFICIAL
from engine.rulebook.open_points import OpenPoint

UNDECIDED = "待定"
MOST_STATEMENTS = 4


def marks(point: OpenPoint, option: str) -> str:
    """``（默认、现用）`` behind a reading."""
    found = [word for word, is_it in (("默认", option == point.default), ("现用", option == point.held)) if is_it]
    return f"（{'、'.join(found)}）" if found else ""


def choices(point: OpenPoint) -> Iterator[str]:
    """What holds, where that is not simply the default: 待定, chosen by another layer, or changed with time."""
    if [choice.text for choice in point.in_force] == [point.default] and point.default:
        return
    for choice in point.in_force:
        since = f"自 {choice.day} 起 " if len(point.in_force) > 1 else ""
        text = choice.text or UNDECIDED
        own = "（不在所列的读法里）" if choice.own else ""
        chosen = choice.provenance
        whose = f"，{chosen.cite}" if choice.text and chosen.layer != point.reading.provenance.layer else ""
        status = f"（{chosen.status}）" if whose and chosen.status != OFFICIAL else ""
        yield f"{since}{text}{own}{whose}{status}"


def where(point: OpenPoint) -> str:
    """``年度表：扣回、分担``; of whole statements only the first few."""
    sheets: dict[str, list[str]] = {}
    for statement, heading in point.shows:
        sheets.setdefault(statement, []).extend([heading] if heading else [])
    texts = [
        "：".join([sheet, *(["、".join(dict.fromkeys(headings))] if headings else [])])
        for sheet, headings in sheets.items()
    ]
    more = f" 等 {len(texts)} 张报表" if len(texts) > MOST_STATEMENTS else ""
    return "；".join(texts[:MOST_STATEMENTS]) + more


def in_one_line(text: str) -> str:
    return " ".join(text.split())
