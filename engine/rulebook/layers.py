"""Read the folders of a region: shared modules, province, notices, city, each with what it adds and changes."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from engine.files.named_files import DISK, FILE, NOTHING, Files
from engine.files.stamps import Seen
from engine.rulebook.checked_file import read_checked
from engine.rulebook.kinds import kind_of
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

HEADS = {"region.yaml": "region", "module.yaml": "module", "amendment.yaml": "amendment"}
_RESERVED = ("依据", "状态", "替换", "删除")


@dataclass(frozen=True)
class RawEntry:
    """One entry as written, with the defaults of its file's head and the layer it stands in.

    ``since``: the layer's 施行; a module has none.
    """

    name: str
    kind: str | None
    body: Mapping
    cite: str
    status: str
    layer: str
    folder: Path
    place: Place
    cite_place: Place = Place()
    since: datetime.date | None = None


@dataclass(frozen=True)
class Document:
    """A source of 文件: ``text``, the file of its wording; ``not_computed``, articles without rules, and why."""

    name: str
    title: str
    place: Place
    text: Scalar | None = None
    not_computed: tuple[tuple[Scalar, str], ...] = ()


@dataclass(frozen=True)
class Layer:
    """One folder: what it adds (``entries``), changes (``replaced``) and removes; ``start``: its 施行, if any.

    ``stamps``: what its files were just before they were read (of a notice, they stand with its region);
    ``beneath``: the folders of the layers that it inherits, and of those that they do.
    """

    name: str
    title: str
    kind: str
    folder: Path
    start: datetime.date | None
    template: bool = False
    example: bool = False
    documents: dict[str, Document] = field(default_factory=dict)
    entries: list[RawEntry] = field(default_factory=list)
    replaced: list[RawEntry] = field(default_factory=list)
    deleted: list[Scalar] = field(default_factory=list)
    unreadable: list[Place] = field(default_factory=list)
    place: Place = Place()
    stamps: dict[Path, Seen] = field(default_factory=dict)
    versions: dict[int, str] = field(default_factory=dict)
    beneath: set[Path] = field(default_factory=set)

    def changed(self, files: Files) -> list[Path]:
        """Files of rules and rows in the folder that came, went or changed since they were read."""
        if not self.stamps:
            return []
        now = rule_files(self.folder, files)
        return sorted(path for path in {*now, *self.stamps} if now.get(path) != self.stamps.get(path))


def rule_files(folder: Path, files: Files) -> dict[Path, Seen]:
    """What makes the rules of a folder, its notices too; its examples do not. One that cannot be looked at is none."""
    found: dict[Path, Seen] = {}
    for path in files.below(folder):
        if _makes_rules(path.name) and path.relative_to(folder).parts[0] != EXAMPLES:
            with suppress(OSError):
                found[path] = files.seen(path)
    return found


def _makes_rules(name: str) -> bool:
    """YAML and files of rows; what Excel leaves beside an open workbook is none."""
    return name.endswith((".yaml", ".csv", ".xlsx")) and not name.startswith("~$")


def yaml_below(folder: Path, files: Files) -> list[Path]:
    """Everything named ``.yaml`` in a folder and below, in order, whatever it is."""
    return [path for path in files.below(folder) if path.name.endswith(".yaml")]


def read_layers(folder: Path, problems: list[Problem], files: Files, shapes: bool = True) -> list[Layer]:
    """All layers of the region in ``folder``, lowest first. A folder that is reached twice counts once.

    ``shapes``: whether the shape of files is looked at.
    """
    layers: dict[Path, Layer] = {}
    _collect(folder, layers, problems, (), Place(folder.name), files, shapes)
    return list(layers.values())


def _collect(
    folder: Path,
    layers: dict[Path, Layer],
    problems: list[Problem],
    below: tuple[Path, ...],
    asked_at: Place,
    files: Files,
    shapes: bool,
) -> None:
    if folder in layers:
        return
    if folder in below:
        chain = " → ".join(f.name for f in (*below[below.index(folder) :], folder))
        problems.append(Problem("E203", asked_at, f"沿用 绕成了圈：{chain}", "去掉其中一个 沿用"))
        return
    head_file = next((folder / name for name in REGION_HEADS if files.kind(folder / name) == FILE), None)
    if head_file is None:
        problems.append(
            Problem("E201", asked_at, f"{folder.name} 里没有 region.yaml 或 module.yaml", almost_a_head(folder, files))
        )
        return
    stamps = rule_files(folder, files)
    head = _read_head(head_file, problems, files, shapes)
    missing = [] if head is not None else [Place(shown(head_file))]
    beneath: set[Path] = set()
    head = head or Mapping((), Place(shown(head_file), 1, 1))
    for name in scalars_of(head.get("沿用")):
        found = find_layer(name.text, folder, files)
        if found is None:
            near = get_close_matches(name.text, names_of_layers(folder, files), 1)
            problems.append(
                Problem("E202", name.place, f"沿用 的 {name.text} 不存在", f"是不是 {near[0]}？" if near else "")
            )
            missing.append(name.place)
        else:
            _collect(found, layers, problems, (*below, folder), name.place, files, shapes)
            beneath |= {found, *(layers[found].beneath if found in layers else ())}
    unread = list(files_that_nothing_reads(folder, shown(folder), files))
    problems.extend(problem for _, problem in unread)
    missing += [problem.place for _, problem in unread]
    skipped = ignored(folder, [path for path, _ in unread], files)
    layers[folder] = _read_layer(folder, head_file, head, problems, files, shapes, skipped)
    layers[folder].unreadable.extend(missing)
    layers[folder].stamps.update(stamps)
    layers[folder].beneath.update(beneath)
    notices = []
    for amendment in [folder / NOTICES / name / NOTICE_HEAD for name in files.names(folder / NOTICES)]:
        if files.kind(amendment) == NOTHING:
            continue
        notice = _read_head(amendment, problems, files, shapes)
        if notice is None:
            layers[folder].unreadable.append(Place(shown(amendment)))
            continue
        layer = _read_layer(amendment.parent, amendment, notice, problems, files, shapes)
        amends = notice.get("修订")
        if isinstance(amends, Scalar) and amends.text != folder.name:
            message = f"修订 写的是 {amends.text}，这份通知却在文件夹 {folder.name} 里"
            hint = f"修订 写地区的文件夹名，不是它的名称：“修订: {folder.name}”；若是别的地区的通知，移到那里去"
            problems.append(Problem("E204", amends.place, message, hint))
        notices.append(layer)
    for layer in sorted(notices, key=lambda item: (item.start or datetime.date.min, item.name)):
        layers[layer.folder] = layer


def _read_head(path: Path, problems: list[Problem], files: Files, shapes: bool) -> Mapping | None:
    return read_checked(path, shown(path), HEADS[path.name], problems, files, shapes)


def title_of(folder: Path, files: Files = DISK) -> str:
    """What a region or module is called (名称); the folder's name where its head does not say or cannot be read."""
    head_file = next((folder / name for name in REGION_HEADS if files.kind(folder / name) == FILE), None)
    head = _read_head(head_file, [], files, shapes=False) if head_file is not None else None
    return _titled(head, folder) if head is not None else folder.name


def _titled(head: Mapping, folder: Path) -> str:
    title = head.get("名称")
    return title.text if isinstance(title, Scalar) else folder.name


def _read_layer(
    folder: Path,
    head_file: Path,
    head: Mapping,
    problems: list[Problem],
    files: Files,
    shapes: bool,
    skipped: Iterable[Path] = (),
) -> Layer:
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
    for path in yaml_below(folder, files):
        inside = path.relative_to(folder).parts
        if files.kind(path) != FILE or not files.resolve(path).is_relative_to(files.resolve(folder)):
            problems.append(
                Problem(
                    "E101", Place(shown(path)), "这不是本文件夹里的普通文件（链接或管道），不读", "把文件本身放进来"
                )
            )
            layer.unreadable.append(Place(shown(path)))
            continue
        if path.name in HEADS or inside[0] in (EXAMPLES, NOTICES) or any(path.is_relative_to(f) for f in skipped):
            continue
        doc = read_checked(path, shown(path), "rules", problems, files, shapes)
        if doc is None:
            layer.unreadable.append(Place(shown(path)))
        else:
            _read_entries(doc, layer)
    return layer


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


def shown(path: Path) -> str:
    """A path as messages print it: relative to the working folder where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
