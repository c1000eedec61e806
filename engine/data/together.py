"""Results that appear together or not at all: one of each period of a range, each in a folder of its own.

They are built in one hidden folder beside their places. Only when all are done they change places with what stood
there, one rename after the other, with signals held back and everything undone if one fails. A process that is killed
in that moment leaves results of two runs; each says in its ``run.json`` of which range it is, and nothing joins them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.data.occupied import refuse_occupied
from engine.data.swap import Building, Swap, clear_leftovers, locked, put_all_in_place
from engine.files.errors import DataError, why

_LEFT = re.compile(r"\.(.+\.\..+)\.partial-[0-9a-f]{12}")


class Together:
    """Use as ``with Together(folder, names, replace) as results``; :meth:`place` is where each is to be written.

    Raises :class:`DataError` on entry, before anything is worked out, where one of them could not appear.
    """

    def __init__(self, folder: Path, names: Sequence[str], replace: bool = False) -> None:
        self.folder, self.names = folder.resolve(), tuple(names)
        self.done: list[str] = []
        self.placed = False
        self._replace = replace
        self._stack = ExitStack()
        self._building: Building | None = None

    def __enter__(self) -> Self:
        made = not self.folder.exists()
        try:
            for name in self.names:
                refuse_occupied(self.target(name), self._replace)
            self.folder.mkdir(parents=True, exist_ok=True)
            self._clear_others()
            whole = self.folder / f"{self.names[0]}..{self.names[-1]}"
            for target in (whole, *map(self.target, self.names)):
                self._stack.enter_context(locked(target))
                clear_leftovers(target)
            self._building = Building(whole)
            for name in self.names:
                refuse_occupied(self.target(name), self._replace, hashed=False)
        except OSError as error:
            self._close(made)
            raise DataError(f"写不了 {self.folder}（{why(error)}）", "换一个 --out 文件夹，或检查权限和磁盘") from error
        except DataError:
            self._close(made)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(not self.placed)

    @property
    def at(self) -> str:
        """Which one is being made; nothing when all are."""
        return next((name for name in self.names if name not in self.done), "")

    def target(self, name: str) -> Path:
        """Where a result will stand."""
        return self.folder / name

    def place(self, name: str) -> Path:
        """Where it is written in the meantime."""
        assert self._building is not None, "used outside of its block"
        return self._building.own(name)

    def put_in_place(self) -> None:
        """All of them. Raises :class:`DataError`, and then none has moved."""
        assert self._building is not None, "used outside of its block"
        swaps = []
        for name in self.names:
            refuse_occupied(self._building.path / name, replace=True, hashed=False)  # nothing was put there by others
            refuse_occupied(self.target(name), self._replace, hashed=False)
            swaps.append(Swap(self._building.path / name, self.target(name)))
        put_all_in_place(swaps, self._say_placed)

    def _say_placed(self) -> None:
        self.placed = True

    def _clear_others(self) -> None:
        """What crashed runs of other ranges left in the folder."""
        for name in {found[1] for path in self.folder.iterdir() if (found := _LEFT.fullmatch(path.name))}:
            with suppress(DataError), locked(self.folder / name):  # one that is at work keeps its own
                clear_leftovers(self.folder / name)

    def _close(self, empty: bool) -> None:
        if self._building is not None:
            self._building.discard()
        self._stack.close()
        if empty:
            with suppress(OSError):
                self.folder.rmdir()
