"""Every table, parameter, rule and check cites a document that its region declares."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.context import Context
from engine.rulebook.model import Cases, Check, DecisionTable, Entry, Parameter, Rule, Table
from engine.rulebook.nearest import nearest
from engine.rulebook.nodes import Mapping, Scalar
from engine.rulebook.problems import Place


def entries_cite_a_known_document(context: Context) -> None:
    """Refuses an entry without 依据, and a 依据 (of a branch or row too) that begins with no declared document."""
    documents = {name for layer in context.book.layers for name in layer.documents}
    for entry in context.entries():
        if not isinstance(entry, (Table, Parameter, Rule, Check)) or "〔" in entry.name:
            continue
        if not entry.provenance.cite.strip():
            context.add(
                "E310",
                entry.provenance.place,
                f"{entry.name} 没有写 依据",
                "写 依据: 文件 条款，如 依据: 办法 第三条；整个文件依据同一章时写在文件开头",
            )
        for cite, place in _cites(context, entry):
            if cite.strip() and not any(
                cite == name or cite.startswith((name + " ", name + "　")) for name in documents
            ):
                word = cite.split()[0]
                glued = next((name for name in sorted(documents, key=len, reverse=True) if cite.startswith(name)), "")
                context.add(
                    "E311",
                    place,
                    f"依据“{cite}”引用的文件 {glued or word} " + ("后面没有空格" if glued else "没有在 文件 里登记"),
                    f"写成 {glued} {cite.removeprefix(glued).strip()}" if glued else _registered(word, documents),
                )


def _registered(word: str, documents: set[str]) -> str:
    known = f"已登记的有：{'、'.join(sorted(documents)) or '（无）'}"
    return f"{nearest(word, documents)} {known}；新的文件先在 region.yaml 的 文件 下登记".strip()


def _cites(context: Context, entry: Entry) -> Iterator[tuple[str, Place]]:
    """Every 依据 that stands in the entry, or the one of the file's head if it has none of its own."""
    stacked = context.snapshot.stacked.get(entry.name)
    if stacked is None:
        if entry.provenance.cite:
            yield entry.provenance.cite, entry.provenance.place
        return
    own = stacked.raw.body.get("依据")
    if isinstance(own, Scalar) and own.text:
        yield own.text.strip(), own.at(0)
    elif stacked.raw.cite:
        yield (
            stacked.raw.cite.strip(),
            stacked.raw.cite_place if stacked.raw.cite_place.line else entry.provenance.place,
        )
    word = {Table: "字段", Rule: "分情形" if isinstance(getattr(entry, "body", None), Cases) else "表"}.get(type(entry))
    inner = stacked.raw.body.get(word) if word else None
    rows = [value for _, value in inner.entries] if isinstance(inner, Mapping) else list(getattr(inner, "items", ()))
    for row in rows:
        cite = row.get("依据") if isinstance(row, Mapping) else None
        if isinstance(cite, Scalar) and cite.text:
            yield cite.text.strip(), cite.at(0)
    if isinstance(entry, Rule) and isinstance(entry.body, DecisionTable) and isinstance(inner, Scalar):
        for table_row in entry.body.rows:
            yield table_row.provenance.cite, table_row.provenance.place
