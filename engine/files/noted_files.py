"""Files that note what was asked of them and what they answered, so that it can be asked again later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.files.named_files import Files
from engine.files.stamps import Seen

Asked = tuple[str, str]
"""What was asked, and of which name."""
NO_ANSWER = "!"
"""Stands before the kind of error that came instead of an answer."""


class NotedFiles:
    """Other files, with a note of each question: names and hashes of what was read, and what was looked for in vain.

    ``torn``: whether one question had two answers, because somebody wrote in between.
    """

    def __init__(self, over: Files) -> None:
        self.over = over
        self.answers: dict[Asked, str] = {}
        self.torn = False

    def read(self, path: Path) -> bytes:
        try:
            data = self.over.read(path)
        except OSError as error:
            self._note("read", path, NO_ANSWER + type(error).__name__)
            raise
        self._note("read", path, hashlib.sha256(data).hexdigest())
        return data

    def kind(self, path: Path) -> str:
        kind = self.over.kind(path)
        self._note("kind", path, kind)
        return kind

    def names(self, folder: Path) -> tuple[str, ...]:
        names = self.over.names(folder)
        self._note("names", folder, _hash(names))
        return names

    def below(self, folder: Path) -> Mapping[Path, str]:
        found = self.over.below(folder)
        self._note("below", folder, _hash(f"{kind} {path.relative_to(folder)}" for path, kind in found.items()))
        return found

    def resolve(self, path: Path) -> Path:
        resolved = self.over.resolve(path)
        self._note("resolve", path, str(resolved))
        return resolved

    def seen(self, path: Path) -> Seen:
        """Only the size is noted: the rest of a stamp may differ where the contents do not."""
        try:
            seen = self.over.seen(path)
        except OSError as error:
            self._note("size", path, NO_ANSWER + type(error).__name__)
            raise
        self._note("size", path, str(seen[0]))
        return seen

    def answers_still(self, asked: Mapping[Asked, str]) -> bool:
        """Whether all of that has the same answers here; what was asked already is not asked again.

        ``asked`` may grow meanwhile: another thread reads on with the rules that it is of.
        """
        return all(self._answer(*question) == answer for question, answer in tuple(asked.items()))

    def _answer(self, what: str, name: str) -> str | None:
        if (what, name) not in self.answers:
            ask = {"read": self.read, "kind": self.kind, "names": self.names, "below": self.below,
                   "resolve": self.resolve, "size": self.seen}.get(what)  # fmt: skip
            try:
                if ask is not None:
                    ask(Path(name))
            except (OSError, ValueError, RuntimeError):
                pass
        return self.answers.get((what, name))

    def _note(self, what: str, path: Path, answer: str) -> None:
        if self.answers.setdefault((what, str(path)), answer) != answer:
            self.torn = True


def _hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
