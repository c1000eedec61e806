"""The files of a new region: what is always there, then what each chosen option adds, filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from engine.language.values import decimal_text, round_to
from engine.menu.answers import Answers
from engine.menu.blocks import TwoTexts, keys, together
from engine.menu.figures import Figures
from engine.menu.fills import Filled
from engine.menu.model import Addition

HOLE = re.compile(r"\{\{([^{}]+)\}\}")
BEFORE = "原"
"""In a word or a number of an option: what it was by the options before."""
_ONLY_HEAD = frozenset({"依据", "状态"})
SCHEMA_LINE = "# yaml-language-server: $schema="


class Words:
    """What holes in texts are filled with: words, and numbers worked out."""

    def __init__(self, answers: Answers, words: Mapping[str, str]) -> None:
        self._words = dict(words)
        formulas: dict[str, str] = {}
        numbers: dict[str, Fraction] = {}
        for name, answer in answers.chosen.items():
            if answer.given is not None:
                self._words[name] = answer.given.text
                self._words[f"{name}.类"] = answer.given.first
                if answer.given.number is not None:
                    numbers[name] = answer.given.number
        for addition in (added.addition for added in additions(answers)):
            for name, text in addition.words.items():
                self._words[name] = text.replace(f"{{{{{BEFORE}}}}}", self._words.get(name, ""))
            for name, text in addition.figures.items():
                formulas[name] = text.replace(f"{{{{{BEFORE}}}}}", f"({formulas.get(name, '')})")
        self._figures = Figures(formulas, numbers)

    def filled(self, text: str) -> str:
        """``text`` without holes; a word may hold holes itself."""
        for _ in range(5):
            if not HOLE.search(text):
                return text
            text = HOLE.sub(lambda found: self._one(found[1].strip()), text)
        raise ValueError(f"{text} 绕成了圈")

    def _one(self, hole: str) -> str:
        if hole.startswith("="):
            return decimal_text(self._figures.of(hole[1:].strip()))
        if hole.startswith("元 "):
            return decimal_text(round_to(self._figures.of(hole[2:].strip()), 2), 2)
        return self._words[hole]


@dataclass(frozen=True)
class Added:
    """``given``: what was filled in; ``shared``: the shared rules say the same, so nothing is written."""

    addition: Addition
    given: Filled | None = None
    shared: bool = False


def additions(answers: Answers) -> list[Added]:
    """Everything that is written, in order: what may be said anew, the chosen options, what some write together."""
    chosen = []
    for name, answer in answers.chosen.items():
        question = answers.menu.question(name)
        unsaid = question is not None and question.shared and not answer.said
        chosen.append(Added(answer.option.adds, answer.given, unsaid))
    before, after = ([Added(addition) for addition in part] for part in (answers.menu.before, answers.menu.after))
    options = answers.options
    return [added for added in (*before, *chosen, *after) if added.addition.when.holds(options)]


def region_files(answers: Answers, skeleton: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    """Each file of the region by name. ``skeleton``: files that are always there, with holes.

    Raises :class:`TwoTexts` where two options write one name, which is a fault of the menu.
    """
    said = Words(answers, words)
    parts: dict[str, list[str]] = {name: [said.filled(text)] for name, text in skeleton.items()}
    for added in additions(answers):
        for hole, text in added.addition.files.items():
            if not added.shared:
                parts.setdefault(said.filled(hole), []).append(said.filled(repeated(text, added.given)))
    made = {}
    for name, texts in parts.items():
        try:
            text = together(*texts) if name.endswith(".yaml") else "\n".join(texts)
        except TwoTexts as clash:
            raise TwoTexts(f"{name}：{clash}") from None
        if name.endswith(".yaml"):
            if set(keys(text)) <= _ONLY_HEAD:
                continue
            text = with_schema(name, text)
        made[name] = text
    return made


def with_schema(name: str, text: str) -> str:
    """With the line that names the file's schema to editors."""
    if text.startswith(SCHEMA_LINE):
        return text
    up = "../" * name.count("/")
    which = "test-file" if name.startswith("tests/") else "region" if Path(name).name == "region.yaml" else "rules-file"
    return f"{SCHEMA_LINE}{up}.schema/{which}.json\n{text}"


def repeated(text: str, given: Filled | None) -> str:
    """Lines that speak of each class, code, band or number of an example, once for each; others as they are."""
    if given is None:
        return text
    return "\n".join(line for written in text.split("\n") for line in _lines(written, given))


def _lines(line: str, given: Filled) -> Iterator[str]:
    holes = {hole.strip() for hole in HOLE.findall(line)}
    if holes & {"其余类", "其余首类"}:
        if given.rest:
            yield _with(line, {"其余类": "、".join(given.rest), "其余首类": given.rest[0]})
    elif "例点" in holes:
        yield from (_with(line, row) for row in given.points)
    elif holes & {"类", "档", "码", "首码"}:
        yield from (_with(line, row) for row in given.rows)
    else:
        yield line.replace("{{值}}", given.text)


def _with(line: str, row: Mapping[str, str]) -> str:
    for name, text in row.items():
        line = line.replace(f"{{{{{name}}}}}", text)
    return line
