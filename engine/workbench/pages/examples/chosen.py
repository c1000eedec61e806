"""What the reader looks at: which example, which of them are listed, which reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.assist.reached import Reached
from engine.excel.example_files import ExampleFile, example_file, example_files
from engine.excel.examples_apart import Apart
from engine.workbench.desk import Desk
from engine.workbench.page import aside
from engine.workbench.pages.examples.known import mentioning, outcome_of


@dataclass
class Chosen:
    """``name``: of those that mention it; ``failing``: only those that fail; ``why``: part, row, title, with bars."""

    desk: Desk
    file: str = ""
    example: str = ""
    why: str = ""
    name: str = ""
    failing: bool = False
    files: list[ExampleFile] = field(default_factory=list)

    @classmethod
    def asked(cls, desk: Desk, asked: Mapping[str, str]) -> Chosen:
        file, example, why, name = (asked.get(word, "") for word in ("file", "example", "why", "name"))
        return cls(desk, file, example, why, name, bool(asked.get("failing")))

    def address(self) -> dict[str, str]:
        said = {word: getattr(self, word) for word in ("file", "example", "why", "name")}
        return said | {"failing": "1" if self.failing else ""}

    def now(self) -> tuple[ExampleFile, Apart] | None:
        return self.found(self.file, self.example)

    def found(self, name: str, example: str) -> tuple[ExampleFile, Apart] | None:
        for file in self.files:
            if file.name == name and (one := file.example(example)) is not None:
                return file, one
        return None

    def reached(self) -> Reached | None:
        return self.desk.reached_now()

    async def read(self) -> None:
        """The files as they are now; the first example where the one that is asked for is not there."""
        await aside(self.desk.look)
        self.files = await aside(example_files, self.desk.drafts)
        if self.now() is None:
            every = ((file, one) for file in self.files for one in file.examples)
            shown = await self.listed()
            first = shown[0] if shown else next(every, None)
            self.file, self.example = (first[0].name, first[1].name) if first is not None else ("", "")

    async def read_again(self, name: str) -> ExampleFile | None:
        """A file of examples, which was changed, or one beside it."""
        for place, file in enumerate(self.files):
            if file.name == name:
                self.files[place] = await aside(example_file, self.desk.drafts, name)
                return self.files[place]
        return None

    async def listed(self) -> list[tuple[ExampleFile, Apart]]:
        """Those that the reader wants to see."""
        wanted = await aside(mentioning, self.desk.last, self.name) if self.name else None
        found = []
        for file in self.files:
            for one in file.examples:
                outcome = outcome_of(self.desk, self.reached(), file, one)
                if wanted is not None and (file.name.rpartition("/")[2], one.name) not in wanted:
                    continue
                if not self.failing or (outcome is not None and not outcome.passed):
                    found.append((file, one))
        return found
