"""A file of a measure into the folder of a region, and its line in the head; both or neither."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

from engine.files.errors import DataError
from engine.files.whole import write_whole
from engine.measure import stored
from engine.measure.opened import open_measure
from engine.measure.outline import outline_of
from engine.measure.registered import CannotRegister, with_text
from engine.rulebook.book import Book
from engine.rulebook.layers import Document, Layer, shown
from engine.rulebook.names import fault_of_source

_HEADS = {"region": "region.yaml", "module": "module.yaml"}


class Refused(DataError):
    """Nothing was written."""


@dataclass(frozen=True)
class TakenIn:
    """What was done. ``before``: whether a text stood there; ``same``: it was this one already."""

    path: Path
    shown: str
    document: str
    head: str
    paragraphs: int
    units: int
    before: bool
    same: bool
    added: int
    removed: int
    registered: bool
    remarks: tuple[str, ...]


def take_in(book: Book, file: Path, name: str | None, title: str | None, replace: bool) -> TakenIn:
    """Brings ``file`` in as the text of document ``name`` of the region's own layer. Raises :class:`DataError`."""
    layer = book.own
    document = _document(layer, name)
    opened = open_measure(file)
    in_yaml = document.text.text.strip() if document.text else f"{stored.FOLDER}/{document.name}.txt"
    path = stored.path_in(layer.folder, in_yaml)
    before = stored.read(path) if path.is_file() else None
    same = before is not None and before.paragraphs == opened.paragraphs and before.source == opened.digest
    if before is not None and not same and not replace:
        _refuse_to_replace(before, path)
    head = layer.folder / _HEADS[layer.kind]
    new_head = None
    if document.text is None:
        name_of_text = title or (document.title if document.name in layer.documents else opened.paragraphs[0][:100])
        new_head = _registered(head, document.name, in_yaml, name_of_text)
    if not same:
        write_whole(path, stored.as_file(opened.paragraphs, file.name, opened.digest))
    if new_head is not None:
        write_whole(head, new_head)
    added, removed = _difference(before.paragraphs if before else (), opened.paragraphs)
    outline = outline_of(enumerate(opened.paragraphs, 1))
    remarks = list(opened.remarks)
    if not outline.units:
        remarks.append("没有认出条款：每一条要各起一行，以 第…条 或 一、 开头")
    return TakenIn(
        path, shown(path), document.name, shown(head), len(opened.paragraphs), len(outline.units), before is not None,
        same, added, removed, new_head is not None, tuple(remarks),
    )  # fmt: skip


def _document(layer: Layer, name: str | None) -> Document:
    known = layer.documents
    if name is None:
        without = [document for document in known.values() if document.text is None]
        candidates = without or list(known.values())
        if len(candidates) == 1:
            return candidates[0]
        if not candidates:
            raise Refused("不知道这是哪个文件：region.yaml 里还没有登记", "加 --as 简称，如 --as 办法")
        names = "、".join(document.name for document in candidates)
        raise Refused(f"不知道这是哪个文件的原文：{names}", f"加 --as 简称，如 --as {candidates[0].name}")
    if name in known:
        return known[name]
    if fault := fault_of_source(name) or ("含 / 之类的字" if set(name) & set('/\\:*?"<>|{}[],#.') else ""):
        raise Refused(f"简称 {name} 不行：{fault}", "用几个汉字，如 办法、细则")
    near = get_close_matches(name, list(known), 1, 0.6)
    if near:
        raise Refused(f"没有登记过 {name}，是不是 {near[0]}？", "要新登记一个文件，换一个不会弄混的简称")
    return Document(name, name, layer.place)


def _refuse_to_replace(before: stored.Stored, path: Path) -> None:
    edited = "，而且录入以后改过" if before.edited else ""
    raise Refused(f"{shown(path)} 已经有文字{edited}，不覆盖", "要换成新的，加 --replace；原来的先另存一份")


def _registered(head: Path, document: str, path: str, title: str) -> str:
    try:
        return with_text(head.read_bytes().decode("utf-8"), document, path, title)
    except (CannotRegister, UnicodeDecodeError) as error:
        hint = f"先在 {head.name} 的 文件 下写好 {document}: {{题名: …, 原文: {path}}}，再录入"
        raise Refused(f"{shown(head)} 的 文件 写得特别，这里不会改它", hint) from error


def _difference(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[int, int]:
    """How many paragraphs are new, and how many are gone."""
    added = removed = 0
    if len(before) * len(after) > 4_000_000:
        return len(set(after) - set(before)), len(set(before) - set(after))
    for what, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            removed, added = removed + a2 - a1, added + b2 - b1
    return added, removed
