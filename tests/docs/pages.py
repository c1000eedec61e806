"""What the tests of the documents share: the fenced blocks of a page, its commands, and what they print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WIDE = {"explain": "200", "check": "200"}
"""Commands whose sentences are shown unbroken; what others print is shown at the width of a screen."""
ELLIPSIS = "…"


@dataclass(frozen=True)
class Command:
    """``$ casemix …`` and the lines that the page shows below it."""

    line: str
    shown: tuple[str, ...]

    def printed(self, monkeypatch: pytest.MonkeyPatch, **replaced: str) -> tuple[int, list[str]]:
        """The exit code and the lines it prints here; ``replaced`` stands for the first folder of a word."""
        words = shlex.split(self.line)
        monkeypatch.setenv("COLUMNS", WIDE.get(words[0], "80"))
        for at, word in enumerate(words):
            first, slash, rest = word.partition("/")
            words[at] = replaced.get(first, first) + slash + rest
        done = CliRunner().invoke(main, words, prog_name="casemix")
        return done.exit_code, lines_of(without_folders(done.output))

    def not_printed(self, printed: list[str]) -> list[str]:
        """The lines shown that do not come out in this order; between two … they follow each other."""
        missing, at = [], 0
        for number, run in enumerate(runs(self.shown)):
            starts = [at] if number == 0 and self.shown[0] != ELLIPSIS else range(at, len(printed))
            found = next((start for start in starts if tuple(printed[start : start + len(run)]) == run), None)
            if found is None:
                missing += list(run)
            else:
                at = found + len(run)
        if not missing and self.shown and self.shown[-1] != ELLIPSIS and at != len(printed):
            missing.append(f"(shown as the end, but there follows: {printed[at]})")
        return missing


def without_folders(text: str) -> str:
    """Paths as they are seen from the working folder and from where the rules stand: the rest differs everywhere."""
    return text.replace(f"{Path.cwd()}/", "").replace(f"{ROOT}/", "")


def lines_of(text: str) -> list[str]:
    """Lines that say something, without blanks at their end."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def runs(lines: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The lines between two ellipses."""
    run: list[str] = []
    for line in (*lines, ELLIPSIS):
        if line != ELLIPSIS:
            run.append(line)
        elif run:
            yield tuple(run)
            run = []


def commands(text: str) -> list[Command]:
    """Those of a block of commands and output."""
    found = re.findall(r"^\$ casemix (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
    return [Command(line, tuple(ELLIPSIS if s.strip() == ELLIPSIS else s for s in lines_of(s))) for line, s in found]


def links(page: Path) -> list[str]:
    """Where its links to files lead."""
    found = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    return [link for link in found if "://" not in link]


def dead_links(page: Path) -> list[str]:
    """Those that lead to no file."""
    return [link for link in links(page) if not (page.parent / link).exists()]
