"""Reads the folders of a region, lowest layer first: what each inherits, its own files, then its notices."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from engine.files.named_files import DISK, FILE, NOTHING, Files
from engine.rulebook.checked_file import read_checked
from engine.rulebook.kinds import kind_of
from engine.rulebook.layers import HEADS, Document, Layer, RawEntry, rule_files, shown, yaml_below
from engine.rulebook.locate import almost_a_head, find_layer, names_of_layers
from engine.rulebook.problems import Place, Problem
from engine.rulebook.source import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.unread_files import (
    EXAMPLES,
    NOTICE_HEAD,
    NOTICES,
    REGION_HEADS,
    files_that_nothing_reads,
    ignored,
)
from engine.rulebook.written import count_of, day_of, says_yes, scalars_of, text_of

_RESERVED = ("依据", "状态", "替换", "删除")


def read_layers(folder: Path, problems: list[Problem], files: Files, shapes: bool = True) -> list[Layer]:
    """All layers of the region in ``folder``, lowest first. A folder that is reached twice counts once.

    ``problems`` gets what is wrong with them; ``shapes``: whether the shape of files is looked at.
    """
    reader = _Reader(problems, files, shapes)
    reader.collect(folder, (), Place(folder.name))
    return list(reader.layers.values())


def title_of(folder: Path, files: Files = DISK) -> str:
    """What a region or module is called (名称); the folder's name where its head does not say or cannot be read."""
    head_file = _head_file(folder, files)
    head = _Reader([], files, shapes=False).head(head_file) if head_file is not None else None
    return _titled(head, folder) if head is not None else folder.name


def _head_file(folder: Path, files: Files) -> Path | None:
    return next((folder / name for name in REGION_HEADS if files.kind(folder / name) == FILE), None)


def _titled(head: Mapping, folder: Path) -> str:
    title = head.get("名称")
    return title.text if isinstance(title, Scalar) else folder.name


@dataclass
class _Reader:
    """``layers``: those that were read, by folder, each after what lies beneath it."""

    problems: list[Problem]
    files: Files
    shapes: bool
    layers: dict[Path, Layer] = field(default_factory=dict)

    def collect(self, folder: Path, below: tuple[Path, ...], asked_at: Place) -> None:
        """The layer in ``folder`` with all that it inherits; ``below``: who inherits it, up to the region."""
        if folder in self.layers:
            return
        if folder in below:
            chain = " → ".join(f.name for f in (*below[below.index(folder) :], folder))
            self.problems.append(Problem("E203", asked_at, f"沿用 绕成了圈：{chain}", "去掉其中一个 沿用"))
            return
        head_file = _head_file(folder, self.files)
        if head_file is None:
            message = f"{folder.name} 里没有 region.yaml 或 module.yaml"
            self.problems.append(Problem("E201", asked_at, message, almost_a_head(folder, self.files)))
            return
        stamps = rule_files(folder, self.files)
        head = self.head(head_file)
        missing = [] if head is not None else [Place(shown(head_file))]
        head = head or Mapping((), Place(shown(head_file), 1, 1))
        beneath, not_found = self._inherited(folder, head, below)
        unread = list(files_that_nothing_reads(folder, shown(folder), self.files))
        self.problems.extend(problem for _, problem in unread)
        missing += [*not_found, *(problem.place for _, problem in unread)]
        skipped = ignored(folder, [path for path, _ in unread], self.files)
        layer = self._layer(folder, head_file, head, skipped)
        layer.unreadable.extend(missing)
        layer.stamps.update(stamps)
        layer.beneath.update(beneath)
        self.layers[folder] = layer
        for notice in sorted(self._notices(layer), key=lambda item: (item.start or datetime.date.min, item.name)):
            self.layers[notice.folder] = notice

    def head(self, path: Path) -> Mapping | None:
        return read_checked(path, shown(path), HEADS[path.name], self.problems, self.files, self.shapes)

    def _inherited(self, folder: Path, head: Mapping, below: tuple[Path, ...]) -> tuple[set[Path], list[Place]]:
        """Reads what 沿用 names: the folders that lie beneath this one now, and where it names what is not there."""
        beneath: set[Path] = set()
        not_found = []
        for name in scalars_of(head.get("沿用")):
            found = find_layer(name.text, folder, self.files)
            if found is None:
                near = get_close_matches(name.text, names_of_layers(folder, self.files), 1)
                hint = f"是不是 {near[0]}？" if near else ""
                self.problems.append(Problem("E202", name.place, f"沿用 的 {name.text} 不存在", hint))
                not_found.append(name.place)
            else:
                self.collect(found, (*below, folder), name.place)
                beneath |= {found, *(self.layers[found].beneath if found in self.layers else ())}
        return beneath, not_found

    def _notices(self, region: Layer) -> list[Layer]:
        """The notices that lie in a region's folder; one whose head cannot be read leaves the region unreadable."""
        notices = []
        folder = region.folder / NOTICES
        for head_file in [folder / name / NOTICE_HEAD for name in self.files.names(folder)]:
            if self.files.kind(head_file) == NOTHING:
                continue
            head = self.head(head_file)
            if head is None:
                region.unreadable.append(Place(shown(head_file)))
                continue
            notices.append(self._layer(head_file.parent, head_file, head))
            amends = head.get("修订")
            if isinstance(amends, Scalar) and amends.text != region.name:
                message = f"修订 写的是 {amends.text}，这份通知却在文件夹 {region.name} 里"
                hint = f"修订 写地区的文件夹名，不是它的名称：“修订: {region.name}”；若是别的地区的通知，移到那里去"
                self.problems.append(Problem("E204", amends.place, message, hint))
        return notices

    def _layer(self, folder: Path, head_file: Path, head: Mapping, skipped: Iterable[Path] = ()) -> Layer:
        """The folder's own head and files, but for those in ``skipped``."""
        layer = Layer(
            name=folder.name,
            title=_titled(head, folder),
            kind=HEADS[head_file.name],
            folder=folder,
            start=day_of(text_of(head.get("施行"))),
            template=says_yes(head.get("模板")),
            example=says_yes(head.get("示例")),
            place=Place(shown(head_file), 1, 1),
        )
        noted = head.get("版本")
        if isinstance(noted, Mapping):
            layer.versions.update({n: text_of(note) for key, note in noted.entries if (n := count_of(key)) is not None})
        documents = head.get("文件")
        if isinstance(documents, Mapping):
            for name, about in documents.entries:
                layer.documents[name.text] = _document(name, about)
        for path in yaml_below(folder, self.files):
            inside = path.relative_to(folder).parts
            if self._is_elsewhere(path, folder):
                message = "这不是本文件夹里的普通文件（链接或管道），不读"
                self.problems.append(Problem("E101", Place(shown(path)), message, "把文件本身放进来"))
                layer.unreadable.append(Place(shown(path)))
                continue
            if path.name in HEADS or inside[0] in (EXAMPLES, NOTICES) or any(path.is_relative_to(f) for f in skipped):
                continue
            doc = read_checked(path, shown(path), "rules", self.problems, self.files, self.shapes)
            if doc is None:
                layer.unreadable.append(Place(shown(path)))
            else:
                _read_entries(doc, layer)
        return layer

    def _is_elsewhere(self, path: Path, folder: Path) -> bool:
        """Whether it is no plain file, or a link that leads out of the folder."""
        return self.files.kind(path) != FILE or not self.files.resolve(path).is_relative_to(self.files.resolve(folder))


def _document(name: Scalar, about: Yaml) -> Document:
    if not isinstance(about, Mapping):
        return Document(name.text, name.text, name.place)
    text, without = about.get("原文"), about.get("不计算")
    return Document(
        name.text,
        text_of(about.get("题名")) or name.text,
        name.place,
        text if isinstance(text, Scalar) and text.text else None,
        tuple((key, text_of(why)) for key, why in without.entries) if isinstance(without, Mapping) else (),
    )


def _read_entries(doc: Mapping, layer: Layer) -> None:
    for key, value in doc.entries:
        if key.text == "替换":
            if isinstance(value, Mapping):
                layer.replaced.extend(_raw(name, body, doc, layer) for name, body in value.entries)
        elif key.text == "删除":
            layer.deleted.extend(scalars_of(value))
        elif key.text not in _RESERVED:
            layer.entries.append(_raw(key, value, doc, layer))


def _raw(name: Scalar, value: Mapping | Sequence | Scalar, doc: Mapping, layer: Layer) -> RawEntry:
    body = value if isinstance(value, Mapping) else Mapping(((Scalar("类型", name.place, False), value),), name.place)
    kind = "field" if "." in name.text else kind_of(body) if isinstance(value, Mapping) else None
    cite, status = doc.get("依据"), doc.get("状态")
    where = cite.place if isinstance(cite, Scalar) else Place()
    cited = text_of(cite)
    return RawEntry(
        name.text, kind, body, cited, text_of(status), layer.name, layer.folder, name.place, where, layer.start
    )
