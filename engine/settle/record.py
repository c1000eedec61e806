"""``run.json``: what a run says of itself."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine import __version__
from engine.data.columns import value_text
from engine.databases.places import shown_place
from engine.execute.loading import Loaded
from engine.execute.period import Period
from engine.execute.published import PublishedValues
from engine.execute.result import Account, Refusal, Result
from engine.files.ordinary import resolved
from engine.language.values import render
from engine.rulebook.book import Book
from engine.rulebook.model import Program, Provenance


def run_record(
    book: Book, program: Program, period: Period, data: Sequence[str | Path], loaded: Loaded, result: Result,
    previous: PublishedValues | None, engine: str, mapping: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """``run.json``: what was run with what, where every row went, and what is not 正式."""
    return {
        "region": book.name,
        "title": book.title,
        "folder": str(book.folder),
        "as_of": str(book.as_of) if book.as_of else None,
        "example": book.example,
        "layers": [
            {"name": la.name, "title": la.title, "from": str(la.start) if la.start else None} for la in book.layers
        ],
        "rules_sha256": book.fingerprint(),
        "program": program.name,
        "period": str(period),
        "engine": engine,
        "version": __version__,
        "python": platform.python_version(),
        "data": [shown_place(place) for place in data],
        "mapping": str(resolved(mapping)) if mapping else None,
        "previous": previous.record.place if previous else None,
        "data_sha256": loaded.digests(),
        "assertions": [asdict(one) for one in result.asserted],
        "delivered": [asdict(one) for one in result.brought],
        "refused": [_refusal_json(refusal) for refusal in result.refused],
        "accounting": [_account_json(account) for account in result.accounts],
        "unused_tables": list(loaded.unused),
        "unused_files": list(loaded.ignored),
        "unknown_columns": {
            name: list(t.unknown_columns) for name, t in sorted(loaded.tables.items()) if t.unknown_columns
        },
        "defaulted_columns": {
            name: list(t.missing_columns) for name, t in sorted(loaded.tables.items()) if t.missing_columns
        },
        "warnings": result.warned,
        "notes": result.notes,
        "not_official": [
            {"name": name, **({"part": part} if part else {}), **_provenance_json(about)}
            for name, part, about in result.not_official
        ],
        "retroactive": [{"name": name, **_retroactive_json(p)} for name, p in result.retroactive],
        "totals": {
            sheet.name: [
                [value_text(value, column.digits) for value, column in zip(line, sheet.columns, strict=True)]
                for line in sheet.total
            ]
            for sheet in result.statements
            if sheet.total
        },
    }


def _account_json(account: Account) -> dict[str, Any]:
    return {
        "table": account.table,
        "rows": account.rows,
        "states": account.states,
        "by": [{"state": state, "by": by, "rows": count} for (state, by), count in sorted(account.by.items())],
        "sums": {state: {name: render(value) for name, value in sums.items()} for state, sums in account.sums.items()},
        "unread": account.unread,
        **({"cancelled": {n: render(v) for n, v in account.cancelled.items()}} if account.cancelled else {}),
    }


def _refusal_json(refusal: Refusal) -> dict[str, Any]:
    return {
        "table": refusal.table,
        "by": refusal.by,
        "code": refusal.code,
        "rows": refusal.rows,
        "sums": {name: render(value) for name, value in refusal.amounts.items()},
        "example": {"origin": refusal.origin, "line": refusal.line, "key": refusal.key, "reason": refusal.reason},
    }


def _retroactive_json(provenance: Provenance) -> dict[str, str]:
    assert provenance.retroactive is not None
    first, start = provenance.retroactive
    return {"holds_from": str(first), "in_force_from": str(start), "cite": provenance.cite, "layer": provenance.layer}


def _provenance_json(provenance: Any) -> dict[str, str]:
    found = asdict(provenance)
    return {"status": found["status"], "cite": found["cite"], "note": found["note"], "layer": found["layer"]}
