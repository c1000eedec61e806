"""Where the reasons of a page lead to: a rule where it can be changed, an article where its text can be read, the
earlier result that a value was taken from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.explain.steps import Step
from engine.files.errors import DataError, RunStopped
from engine.measure.texts import Texts
from engine.rulebook.problems import RulebookError
from engine.workbench.page import Here, aside
from engine.workbench.shows.places import shown_place

RULES, SETTLE = "rules", "settle"
_KINDS = ("rule", "parameter", "check")


@dataclass(frozen=True)
class RuleLinks:
    """``texts``: of the measures, ``None`` where they cannot be read."""

    here: Here
    texts: Texts | None

    @classmethod
    async def on(cls, here: Here) -> RuleLinks:
        """Those of the page's region."""
        try:
            book = await here.book()
            return cls(here, await aside(Texts.of, book))
        except (RulebookError, DataError, RunStopped, OSError):
            return cls(here, None)

    def rule(self, step: Step) -> str:
        """The address of a rule or figure of the region's own files; nothing of any other step."""
        own = f"regions/{self.here.region}/"
        if step.kind not in _KINDS or not shown_place(step.place).startswith(own):
            return ""
        return self.here.address(RULES, name=step.name, tab="name")

    def earlier(self, step: Step) -> str:
        """The address of the reasons in an earlier result of the working folder that a value is taken from."""
        folder, grain, key = step.of_result or ("", "", "")
        below = self.here.place.folder
        if not folder or not Path(folder).is_relative_to(below):
            return ""
        return self.here.address(SETTLE, result=Path(folder).relative_to(below).as_posix(), grain=grain, key=key)

    def cited(self, cite: str, name: str = "") -> Sequence[tuple[str, str]]:
        """A citation in pieces, each with the address of the article that it names, if its text is at hand.

        ``name``: of the rule that cites it.
        """
        words = self.texts.words(cite) if self.texts is not None else [(cite, "")]
        return [
            (text, self.here.address(RULES, article=article, name=name, tab="text") if article else "")
            for text, article in words
        ]
