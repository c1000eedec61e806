"""Files that look like rules, notices or examples, and that nothing reads because of their name or place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path, PurePath

from engine.files.named_files import FILE, FOLDER, Files
from engine.rulebook.problems import Place, Problem

NOTICES, EXAMPLES = "amendments", "tests"
NOTICE_HEAD, REGION_HEADS = "amendment.yaml", ("region.yaml", "module.yaml")
_NEARLY = re.compile(
    r"\s*[.．。]\s*(?:ｙａｍｌ|ya?ml|ymal|yam|yamal|yamml|yaaml|taml)"
    r"(?:\.(?:txt|text|rtf|docx?|wps|md|download))?\s*$",
    re.IGNORECASE,
)
"""How names end that are meant to end in ``.yaml``, among them what Windows adds to what it does not show."""
_OTHER_NOTICES = ("notice", "notices", "amend", "通知", "修订")


def is_example(path: Path, region: Path) -> bool:
    """Whether a file of a region or module holds examples; the region itself may lie below any folder."""
    inside = path.is_relative_to(region)
    return EXAMPLES in (path.relative_to(region).parts[:-1] if inside else (path.parent.name,))


def files_that_nothing_reads(folder: Path, shown: str, files: Files) -> Iterator[tuple[Path, Problem]]:
    """Each such file in ``folder`` (its notices too) or below; ``shown`` is how messages print the folder."""
    below = files.below(folder)
    for path, kind in below.items():
        inside = path.relative_to(folder).parts
        if kind == FOLDER:
            said = _wrong_folder(path, inside, below)
        else:
            said = _what_is_wrong(path, inside, below) if kind == FILE else None
        if said is not None:
            message, hint = said
            yield path, Problem("E214", Place(str(PurePath(shown, *inside))), message, hint)


def _what_is_wrong(path: Path, inside: tuple[str, ...], below: Mapping[Path, str]) -> tuple[str, str] | None:
    if (right := right_name(path.name)) != path.name:
        return f"{path.name} 不会被读：规则文件的名字要以 .yaml 结尾", f"改名为 {right}"
    if path.suffix != ".yaml" or inside[0] == EXAMPLES:
        return None
    if path.name == NOTICE_HEAD and not (len(inside) == 3 and inside[0] == NOTICES):
        return _misplaced_notice(inside)
    if path.name in REGION_HEADS:
        if len(inside) > 1:
            return (
                f"{'/'.join(inside)} 不会被读：一个地区的文件夹里面又有一个地区",
                f"把文件夹 {path.parent.name} 移出来，和 {path.parents[len(inside) - 1].name} 并排放",
            )
        if path.name == "module.yaml" and path.with_name("region.yaml") in below:
            return "module.yaml 不会被读：这里已经有 region.yaml", "留一个，删去或移走另一个"
    if inside[0] == NOTICES and len(inside) == 2:
        return f"{inside[1]} 不会被读：它直接放在 {NOTICES} 里", f"每份通知一个文件夹：{NOTICES}/通知的名字/{inside[1]}"
    if inside[0] == NOTICES and len(inside) > 3 and inside[2] in (NOTICES, EXAMPLES):
        return _inside_a_notice(inside)
    return None


def _inside_a_notice(inside: tuple[str, ...]) -> tuple[str, str]:
    what = "/".join(inside)
    if inside[2] == EXAMPLES:
        return f"{what} 不会被读：例子不放在通知里", f"移到地区自己的 {EXAMPLES} 里"
    return f"{what} 不会被读：通知里面不能再有通知", f"移到地区自己的 {NOTICES} 里"


def _misplaced_notice(inside: tuple[str, ...]) -> tuple[str, str]:
    name = inside[-2] if len(inside) > 1 and inside[-2] != NOTICES else "通知的名字"
    right = f"{NOTICES}/{name}/{NOTICE_HEAD}"
    if len(inside) > 1 and inside[0] != NOTICES and NOTICES in _alike(inside[0]):
        return f"这份通知不会被读：文件夹叫 {inside[0]}，应叫 {NOTICES}", f"改名为 {right}"
    if inside[0] == NOTICES and len(inside) > 3:
        flat = f"{NOTICES}/{'-'.join(inside[1:-1])}/{NOTICE_HEAD}"  # two years may both have a folder 03
        return f"这份通知不会被读：深了 {len(inside) - 3} 层", f"移到 {flat}"
    return f"这份通知不会被读：它在 {'/'.join(inside)}", f"移到 {right}"


def _wrong_folder(path: Path, inside: tuple[str, ...], below: Mapping[Path, str]) -> tuple[str, str] | None:
    """A folder of a notice without its head, and ``test`` in the place of ``tests``."""
    is_notice = len(inside) == 2 and inside[0] == NOTICES
    if not is_notice and not (len(inside) == 1 and inside[0] != EXAMPLES and EXAMPLES in _alike(inside[0])):
        return None
    there = [name for name in below if path in name.parents]
    if not any(name.name.endswith(".yaml") for name in there):
        return None
    if is_notice and not any(name.name == NOTICE_HEAD for name in there):
        here = [name.name for name in there if name.parent == path]
        if any(right_name(name) == NOTICE_HEAD for name in here):
            return None  # told at the file
        near = get_close_matches(NOTICE_HEAD, [name for name in here if name.endswith(".yaml")], 1, 0.8)
        hint = f"把 {near[0]} 改名为 {NOTICE_HEAD}" if near else f"写一个 {NOTICE_HEAD}：名称、修订、施行、文件"
        return f"这份通知不会被读：{path.name} 里没有 {NOTICE_HEAD}", hint
    if is_notice:
        return None
    return f"这里的例子不会运行：文件夹叫 {inside[0]}，应叫 {EXAMPLES}", f"改名为 {EXAMPLES}"


def _alike(name: str) -> list[str]:
    """Which of the two folders with a meaning ``name`` is nearly."""
    plain = unicodedata.normalize("NFKC", name).strip().lower()
    if plain in _OTHER_NOTICES:
        return [NOTICES]
    return get_close_matches(plain, (NOTICES, EXAMPLES), 1, 0.8)


def right_name(name: str) -> str:
    """``name`` as a file of rules is named, if it is meant to be one; else unchanged."""
    if name.startswith("."):
        return name
    if name.endswith(".yaml"):
        return _with_head(name.removesuffix(".yaml"))
    match = _NEARLY.search(name)
    return _with_head(name[: match.start()]) if match is not None else name


def _with_head(stem: str) -> str:
    head = f"{stem.lower()}.yaml"
    return head if head in (*REGION_HEADS, NOTICE_HEAD) else f"{stem}.yaml"


def ignored(folder: Path, found: list[Path], files: Files) -> list[Path]:
    """The folders below ``folder`` whose files are not to be taken for the region's own, given what is not read."""
    heads = (*REGION_HEADS, NOTICE_HEAD)
    below = files.below(folder)
    folders = {path for path in found if below.get(path) == FOLDER}
    inner = [path if path in folders else path.parent for path in found if path in folders or path.name in heads]
    return [path for path in inner if path != folder]
