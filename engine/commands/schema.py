"""``casemix schema``: the JSON Schemas of the YAML files, each in one piece, for an editor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, stops
from engine.commands.streams import finished
from engine.rulebook.schemas import inlined, load

SCHEMAS = ("region", "module", "amendment", "rules-file", "test-file")
DRAFT = "http://json-schema.org/draft-07/schema#"
_DAY_OF_VALUE = r"^(施行|[0-9]{4}-[0-9]{2}-[0-9]{2})$"
OWN = ("$id", "$schema", "$defs", "x-code")
"""Words of ours and of a whole file: not in a part."""


@usage.command("schema")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """把 YAML 文件的 JSON Schema 写到 DIR：编辑器（如 VS Code 的 YAML 扩展）用它提示关键字、指出错误。"""
    with stops():
        for name in write_schemas(folder):
            finished(str(folder / name))
            console().print(f"写出 {escape(str(folder / name))}")


def write_schemas(folder: Path) -> list[str]:
    """A file a schema; the names of the files. Those of an earlier version are overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{name}.json": json.dumps(bundled(name), ensure_ascii=False, indent=1) for name in SCHEMAS}
    for name, text in files.items():
        (folder / name).write_text(text + "\n", "utf-8")
    return list(files)


def bundled(name: str) -> dict[str, Any]:
    """A schema without references to other files, in the draft that every editor reads."""
    return {"$schema": DRAFT, **_for_editors(inlined(load(name), name))}


def _for_editors(schema: Any) -> Any:
    """Without words of ours, in the words of the older draft."""
    if isinstance(schema, list):
        return [_for_editors(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _for_editors(value) for key, value in schema.items() if key not in OWN}
    if "dependentRequired" in kept:
        kept["dependencies"] = kept.pop("dependentRequired")
    if kept.get("format") == "day-of-value":
        kept = {key: value for key, value in kept.items() if key != "format"} | {"pattern": _DAY_OF_VALUE}
    return kept
