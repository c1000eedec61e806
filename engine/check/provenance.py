"""Every table, parameter, rule and check cites a document that its region declares."""

from __future__ import annotations

from engine.check.context import Context
from engine.rulebook.model import Check, Parameter, Rule, Table
from engine.rulebook.stack import nearest


def entries_cite_a_known_document(context: Context) -> None:
    documents = {name for layer in context.book.layers for name in layer.documents}
    for entry in context.entries():
        if not isinstance(entry, (Table, Parameter, Rule, Check)):
            continue
        cite = entry.provenance.cite
        place = entry.provenance.place
        if not cite:
            context.add("E310", place, f"{entry.name} 没有写 依据", "写 依据: 文件 条款；整个文件同一依据时写在文件开头")
        elif not any(cite == name or cite.startswith((name + " ", name + "　")) for name in documents):
            word = cite.split()[0]
            context.add(
                "E311", place, f"{entry.name} 的依据“{cite}”引用的文件 {word} 没有在 文件 里登记",
                nearest(word, documents) or f"已登记：{'、'.join(sorted(documents)) or '（无）'}",
            )  # fmt: skip
