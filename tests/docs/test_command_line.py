"""The page of the commands has a section for each, and each section the options that its command has, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from engine.cli import main
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "command-line.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## casemix ([\w-]+)$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
CONTEXT = click.Context(main)


def options(command: click.Command) -> Iterator[str]:
    for option in command.params:
        yield from (name for name in (*option.opts, *option.secondary_opts) if name.startswith("--"))
    for below in getattr(command, "commands", {}).values():
        yield from options(below)


def test_every_command_has_its_section() -> None:
    assert sorted(SECTIONS) == sorted(main.list_commands(CONTEXT))


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_lists_the_options_that_its_command_has(name: str) -> None:
    command = main.get_command(CONTEXT, name)
    assert command is not None
    has, section = set(options(command)) - {"--help"}, SECTIONS[name]
    rows = (line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `"))
    assert {word for row in rows for word in re.findall(r"--[\w-]+", row)} - has == set(), "no such option"
    assert has - set(re.findall(r"--[\w-]+", section)) == set(), "not told"
