"""Drafts on the disk: one file each, in a folder of the user's that is outside of every region.

``CASEMIX_DRAFTS``, or else ``$XDG_STATE_HOME/casemix/drafts`` (of Windows ``%LOCALAPPDATA%\\casemix\\drafts``), and in
it a folder for each region. A draft is written whole or not at all, and is on the disk when :meth:`Drafts.keep`
returns.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine.drafts.stands import Stands, as_it_stood, standing
from engine.files import system
from engine.files.csv_text import GB18030, UTF8
from engine.files.errors import RunStopped, why
from engine.files.locked import locked
from engine.files.whole import write_whole
from engine.rulebook.unread_files import is_example

VARIABLE = "CASEMIX_DRAFTS"


@dataclass(frozen=True)
class Draft:
    """``file``: its path in the region's folder. ``was``: the text of the file that the draft began from.

    ``revision`` grows with every text that is kept: who knows an older one is behind. ``encoding``: of the file.
    """

    file: str
    text: str
    was: str
    revision: int
    encoding: str = UTF8

    @property
    def data(self) -> bytes:
        """The file as it will be."""
        return self.text.encode(self.encoding)


class KeptMeanwhile(Exception):
    """Another window kept a text of the same file since; ``draft`` is that one (``None``: it was saved or dropped)."""

    def __init__(self, draft: Draft | None) -> None:
        super().__init__("这个文件在另一个窗口里改过")
        self.draft = draft


class Drafts:
    """Those of the region in ``folder``."""

    def __init__(self, folder: Path, place: Path | None = None) -> None:
        self.folder = folder.resolve()
        key = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        self.place = (place or drafts_folder()) / f"{self.folder.name}-{key}"

    def all(self) -> list[Draft]:
        """Rules and tables before examples, by the names of their files. Raises :class:`RunStopped` where one cannot be
        read.
        """
        found = [one for path in self.place.glob("*.draft") if (one := _read(path)) is not None]
        return sorted(found, key=lambda one: (is_example(self.folder / one.file, self.folder), one.file))

    def of(self, file: str) -> Draft | None:
        """The draft of a file, if there is one. Raises :class:`RunStopped` where it cannot be read."""
        return _read(self._path(file))

    def keep(self, file: str, text: str, revision: int) -> Draft:
        """Keeps the text of a file. ``revision``: of the draft that it goes on from, 0 if that is the file itself.

        Raises :class:`KeptMeanwhile` where another was kept since, ``ValueError`` for a path that leaves the folder,
        :class:`RunStopped` for a file that is no text or would be read as something else, ``OSError``.
        """
        with self.alone():
            return self._keep(file, text, revision)

    def _keep(self, file: str, text: str, revision: int) -> Draft:
        before = self.of(file)
        if (before.revision if before is not None else 0) != revision:
            raise KeptMeanwhile(before)
        was = Stands(before.was, before.encoding) if before is not None else self.stands(file)
        draft = Draft(file, as_it_stood(text, was, file), was.text, revision + 1, was.encoding)
        self._write(draft)
        return draft

    def drop(self, file: str) -> None:
        """The draft is no more."""
        self._path(file).unlink(missing_ok=True)

    def stands_now(self, file: str, text: str) -> None:
        """``text`` is in the region's file now: a draft that says so is no more, what was kept since goes on from it.

        By whoever is :meth:`alone`.
        """
        draft = self.of(file)
        if draft is None or draft.text == text:
            self.drop(file)
        else:
            self._write(replace(draft, was=text))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other window and no other program keeps or saves drafts of the region meanwhile."""
        self.place.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(self.place):
            yield

    def keep_unless_same(self, file: str, text: str, revision: int) -> Draft | None:
        """As :meth:`keep`; no draft is left where it says what the file says."""
        with self.alone():
            draft = self._keep(file, text, revision)
            if draft.data == self.stands(file).data:
                self.drop(file)
                return None
            return draft

    def put(self, file: str, text: str) -> Draft | None:
        """As :meth:`keep_unless_same`, in the place of whatever is drafted."""
        before = self.of(file)
        return self.keep_unless_same(file, text, before.revision if before is not None else 0)

    def on_disk(self, file: str) -> str:
        """What the region's file says; nothing where there is none yet. Raises :class:`RunStopped`."""
        return self.stands(file).text

    def stands(self, file: str) -> Stands:
        """The region's file; empty where there is none yet. Raises :class:`RunStopped`."""
        return standing(self.inside(file), file)

    def now(self, file: str) -> tuple[Stands, int]:
        """The draft of a file, or the file where there is none, and the revision (0: none). Raises as the others."""
        draft = self.of(file)
        if draft is None:
            return self.stands(file), 0
        return Stands(draft.text, draft.encoding), draft.revision

    def inside(self, file: str) -> Path:
        """The file of the region. Raises ``ValueError`` for what would lie outside."""
        path = (self.folder / file).resolve()
        if not path.is_relative_to(self.folder) or path == self.folder:
            raise ValueError(file)
        return path

    def _path(self, file: str) -> Path:
        self.inside(file)
        return self.place / f"{hashlib.sha256(file.encode()).hexdigest()[:16]}.draft"

    def _write(self, draft: Draft) -> None:
        write_whole(self._path(draft.file), json.dumps(asdict(draft), ensure_ascii=False).encode())


def drafts_folder() -> Path:
    """Where drafts are kept. Raises :class:`RunStopped` where nothing says where."""
    said = os.environ.get(VARIABLE, "")
    if said:
        return Path(said)
    own = system.folder_of_user("XDG_STATE_HOME", ".local", "state")
    if own is None:
        raise RunStopped("没有地方存草稿：不知道用户的文件夹", hint=f"设置环境变量 {VARIABLE} 为一个文件夹")
    return own / "drafts"


def read_kept(path: Path) -> Any:
    """The JSON that was kept there; ``None`` for no file. Raises :class:`RunStopped` for one that cannot be read: what
    somebody wrote is in it.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunStopped(f"{path} 读不出来：{why(error)}", hint="里面是没有存的草稿：改好它的权限") from None
    except ValueError:
        raise _damaged(path) from None


def _read(path: Path) -> Draft | None:
    said = read_kept(path)
    if said is None:
        return None
    try:
        return Draft(str(said["file"]), str(said["text"]), str(said["was"]), int(said["revision"]), _encoding(said))
    except (ValueError, KeyError, TypeError):
        raise _damaged(path) from None


def _encoding(said: Any) -> str:
    found = str(said.get("encoding", UTF8))
    if found not in (UTF8, GB18030):
        raise ValueError(found)
    return found


def _damaged(path: Path) -> RunStopped:
    return RunStopped(f"{path} 坏了，里面写的读不出来", hint="从备份恢复它；不要了就删掉这个文件")
