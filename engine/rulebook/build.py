"""Entries as written to entries of the model: one reader for each of the seven kinds."""

from __future__ import annotations

from collections.abc import Callable

from engine.files.named_files import DISK, Files
from engine.rulebook.class_words import ClassWords
from engine.rulebook.layers import RawEntry
from engine.rulebook.model import Entry
from engine.rulebook.problems import Problem
from engine.rulebook.read_outputs import read_program, read_statement
from engine.rulebook.read_rules import read_check, read_parameter, read_rule
from engine.rulebook.read_tables import read_grain, read_table
from engine.rulebook.reading import Reading
from engine.rulebook.stack import Stacked

_READERS: dict[str, Callable[[Reading, str, RawEntry, Stacked], Entry | None]] = {
    "table": read_table,
    "grain": read_grain,
    "parameter": read_parameter,
    "rule": read_rule,
    "check": read_check,
    "statement": read_statement,
    "program": read_program,
}


def build(name: str, stacked: Stacked, problems: list[Problem], words: ClassWords, files: Files = DISK) -> Entry | None:
    """The entry ``name``; ``None`` where it cannot be made out, which is then a problem. ``words``: all classes;
    ``files``: where tables in files are read from.
    """
    reader = _READERS.get(stacked.raw.kind or "")
    return None if reader is None else reader(Reading(problems, words, files), name, stacked.raw, stacked)
