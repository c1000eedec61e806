"""Where regions and shared rules are: the working folder, a path, or what ships with the package."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from engine.files.named_files import DISK, FILE, FOLDER, NOTHING, Files
from engine.rulebook.problems import Place, Problem, RulebookError
from engine.rulebook.unread_files import REGION_HEADS, right_name

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Located:
    """The folder of a region or module, and the day ``@2026-01-01`` asks for."""

    folder: Path
    as_of: datetime.date | None = None


def shipped(kind: str) -> Path:
    """``rules``, ``regions``, ``templates``, ``editors`` or ``docs`` as the package has them, installed or not."""
    installed = _PACKAGE / "shipped" / kind
    return installed if installed.is_dir() else _PACKAGE.parent / kind


def region_roots() -> list[Path]:
    return [Path.cwd() / "regions", shipped("regions")]


def names_of_regions() -> list[str]:
    """Regions of the working folder, or else those that ship, in order."""
    for root in region_roots():
        if root.is_dir():
            return sorted(p.name for p in root.iterdir() if (p / "region.yaml").is_file())
    return []


def locate(argument: str, files: Files = DISK) -> Located:
    """The folder of REGION, or of a shared module of that name. Raises :class:`RulebookError` with the names that
    exist.
    """
    name, _, day = argument.partition("@")
    as_of = None
    if day:
        try:
            as_of = datetime.date.fromisoformat(day)
        except ValueError:
            raise RulebookError([_problem("E201", f"{argument}：@ 后面写日期，如 地区@2026-01-01")]) from None
    candidates = [*([root / name for root in region_roots()] if _plain(name) else []), Path(name)]
    for folder in candidates:
        if has_head(folder, files):
            return Located(files.resolve(folder), as_of)
    for root in (Path.cwd() / "rules", shipped("rules")) if _plain(name) else ():
        if files.kind(root / name / "module.yaml") == FILE:
            return Located(files.resolve(root / name), as_of)
    raise RulebookError([_not_found(name, candidates, files)])


def places_in(argument: str, files: Files = DISK) -> list[tuple[str, Path | None]]:
    """What an argument names: a region; the regions of a folder that is none itself; a file with its region."""
    path = Path(argument)
    if files.kind(path) == FILE:
        folder = next((above for above in path.absolute().parents if has_head(above, files)), None)
        return [(str(folder), path.absolute())] if folder is not None else [(argument, None)]
    if files.kind(path) == FOLDER and not has_head(path, files):
        inside = [str(path / name) for name in files.names(path) if has_head(path / name, files)]
        return [(name, None) for name in inside] or [(argument, None)]
    return [(argument, None)]


def has_head(folder: Path, files: Files) -> bool:
    """Whether a folder is that of a region or module."""
    return any(files.kind(folder / name) == FILE for name in REGION_HEADS)


def names_of_modules() -> list[str]:
    """Shared modules that ship, in order."""
    return sorted(path.parent.name for path in shipped("rules").glob("*/module.yaml"))


def _not_found(name: str, looked: list[Path], files: Files) -> Problem:
    """Says where was looked: the command may have been given in another folder than was thought."""
    there = next((folder for folder in looked if files.kind(folder) == FOLDER), None)
    if there is not None:
        strange = files.kind(there / "region.yaml") != NOTHING
        odd = "region.yaml 不是普通的文件（管道或断了的链接）" if strange else ""
        hint = odd or almost_a_head(there, files) or "地区的文件夹里要有 region.yaml；新建一个用 casemix new"
        return _problem("E201", f"{there.resolve()} 里没有 region.yaml", hint)
    near = get_close_matches(name, names_of_regions(), 1)
    known = f"可用的有：{'、'.join(names_of_regions()) or '（没有）'}"
    where = "；".join(dict.fromkeys(os.path.abspath(folder) for folder in looked))
    local = "" if (Path.cwd() / "regions").is_dir() else f"；当前文件夹 {Path.cwd()} 里没有 regions，是不是站错了地方？"
    hint = f"是不是 {near[0]}？" if near else known
    return _problem("E201", f"找不到地区 {name}（要有 region.yaml），找过：{where}", hint + local)


def almost_a_head(folder: Path, files: Files) -> str:
    """What to rename where the head of a region is there under a name that is not read; or nothing."""
    names = files.names(folder)
    for name in names:
        if right_name(name) in REGION_HEADS and files.kind(folder / name) == FILE:
            return f"把 {name} 改名为 {right_name(name)}"
    near = get_close_matches("region.yaml", [name for name in names if name.endswith(".yaml")], 1, 0.8)
    return f"把 {near[0]} 改名为 region.yaml" if near else ""


def places_of_regions() -> str:
    """Where regions are looked for when none is named, as a sentence; empty where it is the working folder's own."""
    local = Path.cwd() / "regions"
    if names_of_regions() and local.is_dir():
        return ""
    if local.is_dir():
        return f"{local} 里没有地区（没有一个文件夹有 region.yaml）"
    return f"当前文件夹 {Path.cwd()} 里没有 regions，看的是随程序带的 {shipped('regions')}"


def find_layer(name: str, beside: Path, files: Files = DISK) -> Path | None:
    """The folder that 沿用 names: a module under ``rules/`` or a region, nearest to ``beside`` first."""
    if not _plain(name):
        return None
    roots: list[Path] = []
    for parent in beside.parents:
        if files.kind(parent / "rules") == FOLDER:
            roots += [parent / "rules", parent / "regions", parent]
            break
        roots.append(parent)
    roots += [Path.cwd() / "rules", Path.cwd() / "regions", shipped("rules"), shipped("regions")]
    for root in roots:
        folder = root / name
        if has_head(folder, files):
            return files.resolve(folder)
    return None


def names_of_layers(beside: Path, files: Files = DISK) -> list[str]:
    roots = {shipped("rules"), shipped("regions"), Path.cwd() / "rules", beside.parent}
    return sorted({name for root in roots for name in files.names(root) if files.kind(root / name) == FOLDER})


def _plain(name: str) -> bool:
    return 0 < len(name) <= 100 and "/" not in name and "\\" not in name and not name.startswith(".")


def _problem(code: str, message: str, hint: str = "") -> Problem:
    return Problem(code, Place("命令行"), message, hint)
