"""The XML in a workbook: small parts as trees; never a document type, which could swell or reach outside."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.parsers import expat


class BadXml(ValueError):
    """What Office never writes."""


def tree_of(text: bytes) -> ElementTree.Element:
    """Raises :class:`BadXml`, or what the parser raises."""
    return ElementTree.fromstring(text, ElementTree.XMLParser(target=_WithoutDoctype()))


def event_parser() -> expat.XMLParserType:
    """A parser of events for a part that may be long; names come as they are written, with their prefixes."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def prefix_of(root: str) -> str:
    """What stands before the names of elements: ``x:`` of ``x:worksheet``."""
    return root[: root.rfind(":") + 1]


def _refuse(*_: object) -> None:
    raise BadXml("a document type")


class _WithoutDoctype(ElementTree.TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        _refuse()
