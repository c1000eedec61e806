"""The note of an example (说明) as text that is changed, in the place where its file has it."""

from __future__ import annotations

import yaml

from engine.drafts import Drafts
from engine.excel.drafted import keep_changes
from engine.excel.example_files import file_of
from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused
from engine.excel.yaml_slots import as_yaml
from engine.rulebook.spans import Written, written

NOTE = "说明"
_BEFORE = ("程序", "期间")
"""A new note stands behind these."""


def change_note(drafts: Drafts, example: str, note: str, file: str = "") -> str:
    """The note of an example becomes ``note``, as a draft; an empty one goes. ``file``: where several have the example.
    The file whose draft has it now. Raises ``Refused``, ``KeptMeanwhile``, and what drafts raise.
    """
    found = file_of(drafts, example, file)
    keep_changes(drafts, found.text, [note_change(found.text, example, note)])
    return found.name


def note_change(file: TextFile, example: str, note: str) -> Change:
    """Raises ``Refused`` where the file cannot say it so."""
    body = _body(file.text, example)
    if body is None or body.flow or not body.entries:
        raise Refused("这个例子的说明在文件里改")
    said = "\n".join(line.strip() for line in note.strip().splitlines())
    change = _change(file, body, said)
    after = _body(file.text[: change.start] + change.new + file.text[change.end :], example)
    if after is None or _says(after) != {**_says(body), NOTE: said}:
        raise Refused("这段说明在这里写不进去：在文件里改")
    return change


def _body(text: str, example: str) -> Written | None:
    try:
        root = written(text)
    except yaml.YAMLError:
        raise Refused("这个文件现在读不成 YAML") from None
    return root.get(example) if root is not None else None


def _says(body: Written) -> dict[str, str]:
    """What stands in the example as single values; its note even where there is none."""
    return {NOTE: "", **{key.value: value.value.strip() for key, value in body.entries}}


def _change(file: TextFile, body: Written, note: str) -> Change:
    key, node = body.key(NOTE), body.get(NOTE)
    if key is None or node is None:
        return _new(file, body, note)
    if not note:
        return Change(file.begin_of_line(key.start), file.after_line(max(node.end - 1, key.start)), "")
    whole_lines = file.text[node.start : node.end].endswith("\n")  # as those of a block are
    block = file.text[node.start : file.after_line(node.start)].strip() if node.style == "|" else ""
    return Change(node.start, node.end, _text(file, key, note, block) + (file.line_break if whole_lines else ""))


def _new(file: TextFile, body: Written, note: str) -> Change:
    first = body.entries[0][0]
    if not note:
        return Change(first.start, first.start, "")
    before = [value for key, value in body.entries if key.value in _BEFORE and value.kind == "scalar"]
    at = file.after_line(before[-1].end) if before else file.begin_of_line(first.start)
    broken = "" if file.text[:at].endswith("\n") else file.line_break
    indent = file.text[file.begin_of_line(first.start) : first.start]
    return Change(at, at, f"{broken}{indent}{NOTE}: {_text(file, first, note)}{file.line_break}")


def _text(file: TextFile, key: Written, note: str, block: str = "") -> str:
    """As one line where it is one, else as a block below its key. ``block``: how the one that is there begins."""
    lines = note.split("\n")
    if len(lines) == 1 and not block:
        return as_yaml(note, flow=False)
    indent = " " * (key.start - file.begin_of_line(key.start) + 2)
    return file.line_break.join([block or "|-", *(f"{indent}{line}".rstrip() for line in lines)])
