"""又名: names that documents have for what is called otherwise here: they lead to it, formulas do not use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.rulebook.nodes import Mapping as Pairs
from engine.rulebook.nodes import Scalar, Yaml
from engine.rulebook.stack import Stacked
from engine.rulebook.written import scalars_of


@dataclass(frozen=True)
class Alias:
    """``text`` is another name of ``name``, an entry or a field; written at ``scalar`` in ``layer``."""

    text: str
    name: str
    scalar: Scalar
    layer: str


def aliases(stacked: Mapping[str, Stacked]) -> Iterator[Alias]:
    """Every 又名 of an entry, of what it replaces too, and of fields of tables."""
    for name, item in stacked.items():
        written: Stacked | None = item if "〔" not in name else None
        while written is not None:
            yield from _of(name, written.raw.body.get("又名"), written.raw.layer)
            fields = written.raw.body.get("字段")
            for column, spec in fields.entries if isinstance(fields, Pairs) else ():
                if isinstance(spec, Pairs):
                    yield from _of(column.text, spec.get("又名"), written.raw.layer)
            written = written.previous
        for added, (raw, spec) in item.fields.items():
            if isinstance(spec, Pairs):
                yield from _of(added, spec.get("又名"), raw.layer)


def _of(name: str, node: Yaml | None, layer: str) -> Iterator[Alias]:
    for scalar in scalars_of(node):
        yield Alias(scalar.text.strip(), name, scalar, layer)
