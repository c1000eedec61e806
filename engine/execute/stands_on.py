"""Former results that a run stands on: what may be joined, in what they differ from this run, and what is told.

A former result is named by the SHA-256 of its ``run.json``, which has the hashes of all its files; what it stood on
itself is named there likewise. So a chain can be walked, and results of different chains are not joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import __version__
from engine.data.places import Places
from engine.data.record import Record
from engine.execute.period import Period
from engine.execute.published import PublishedValues
from engine.files.errors import RunStopped
from engine.rulebook.book import Book
from engine.rulebook.model import Program

PREVIOUS, DATA = "previous", "data"
RULES, VERSION, TABLE = "规则", "版本", "数据 "


@dataclass(frozen=True)
class Former:
    """``role``: whether it was given as the period before, or as data."""

    role: str
    record: Record


def former_results(published: PublishedValues | None, places: Places) -> list[Former]:
    """The results of earlier runs that were given."""
    before = [] if published is None else [Former(PREVIOUS, published.record)]
    return before + [Former(DATA, record) for record in places.results]


def standing(
    book: Book, program: Program, period: Period, engine: str, digests: Mapping[str, str], formers: Sequence[Former],
    published: PublishedValues | None,
) -> tuple[list[dict[str, Any]], list[str]]:  # fmt: skip
    """What ``run.json`` says of the former results that were read, and what to tell of them.

    ``digests``: of the data that this run read.
    """
    read = [f for f in formers if f.role != PREVIOUS or (published is not None and published.was_read)]
    side = _side_tables(book, period)
    found = [_differences(f, book, engine, program.name, digests, side) for f in read]
    return _stood_on(read, [what for what, _ in found]), _notes_of(read, [told for _, told in found], side)


def refuse_unfit(book: Book, formers: Sequence[Former]) -> None:
    """Raises :class:`RunStopped` for data that a run of another region wrote, unless one of the two has the other's
    rules as a layer; and for results that do not belong together.
    """
    layers = {layer.name for layer in book.layers} | {book.name}
    for former in formers:
        region = former.record.said["region"]
        theirs = {layer["name"] for layer in former.record.said["layers"]} | {region}
        if region not in layers and book.name not in theirs:
            raise RunStopped(
                f"{former.record.place} 是 {region} 的结果，不能作 {book.name} 的数据",
                hint="--data 写本地区的结果；别处的数，导出成表再给",
            )
    _refuse_broken_chain([former.record for former in formers])
    _refuse_two_ranges([former.record for former in formers])


def _refuse_broken_chain(records: Sequence[Record]) -> None:
    given: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        given.setdefault(record.of, []).append(record)
    for record in records:
        for under in record.said["stands_on"]:
            there = given.get((under["region"], under["program"], under["period"]), [])
            if under["as"] == PREVIOUS and there and under["run_sha256"] not in {other.sha256 for other in there}:
                raise RunStopped(
                    f"{record.place} 接着算的是另一次 {under['period']} 的结果，不是 {there[-1].place}",
                    [f"{_what(record)} 算完以后，{under['period']} 又算过，两期的数接不上"],
                    f"从 {under['period']} 的下一期起重新运行，再一起给出",
                )


def _refuse_two_ranges(records: Sequence[Record]) -> None:
    ranged = [record for record in records if record.said["range"]]
    for record in ranged:
        own = record.said["range"]
        for other in ranged:
            strange = other.of[:2] == record.of[:2] and other.said["range"]["id"] != own["id"]
            if strange and other.of[2] in own["periods"]:
                raise RunStopped(
                    f"{record.place} 和 {other.place} 是两次运行的结果，不能放在一起",
                    [f"前者和 {own['periods'][0]}..{own['periods'][-1]} 各期一起算出，那次也算了 {other.of[2]}"],
                    "把这一段重新一起运行，再给出",
                )


def _differences(
    former: Former, book: Book, engine: str, program: str, digests: Mapping[str, str], side: frozenset[str]
) -> tuple[list[str], list[str]]:
    """In what a former result is not as this run: all of it, and what people have to be told.

    ``digests``: of the data that this run read; ``side``: tables that are not delivered anew for each period. Data are
    compared only where the same program read them by the same rules on the same engine: else digests mean others.
    """
    said = former.record.said
    found = []
    if said["version"] != __version__:
        found.append(f"{VERSION} {said['version']}")
    if said["region"] == book.name and said["rules_sha256"] != book.fingerprint():
        found.append(RULES)
    told = list(found)
    same = (said["region"], said["program"], said["rules_sha256"], said["engine"])
    if same == (book.name, program, book.fingerprint(), engine):
        then = said["data_sha256"]
        changed = [name for name in sorted(digests) if name in then and then[name] != digests[name]]
        found += [f"{TABLE}{name}" for name in changed]
        told += [f"{TABLE}{name}" for name in changed if name in side]
    return found, told


def _notes_of(formers: Sequence[Former], told: Sequence[Sequence[str]], side: frozenset[str]) -> list[str]:
    """What to tell of former results: in what they are not as this run, nor as each other."""
    notes = []
    by: dict[tuple[str, str], list[str]] = {}
    for former, what in zip(formers, told, strict=True):
        if what:
            by.setdefault((former.role, "、".join(what)), []).append(former.record.place)
    for (role, what), places in by.items():
        name = "上期的结果" if role == PREVIOUS else "作数据的结果"
        notes.append(f"{name} {_some(places)} 和这次运行的不同：{what}")
    return notes + _other_data(formers, side) + _other_base(formers)


def _other_data(formers: Sequence[Former], side: frozenset[str]) -> list[str]:
    """Of results of one program that were worked out from different side tables."""
    alike: dict[tuple[str, ...], list[Record]] = {}
    for former in formers:
        said = former.record.said
        alike.setdefault((*former.record.of[:2], said["rules_sha256"], said["engine"]), []).append(former.record)
    notes = []
    for records in alike.values():
        read: dict[str, dict[str, str]] = {}
        for record in records:
            for table, digest in record.said["data_sha256"].items():
                if table in side:
                    read.setdefault(table, {}).setdefault(digest, record.place)
        for table, found in sorted(read.items()):
            if len(found) > 1:
                first, second, *_ = found.values()
                notes.append(f"{first} 和 {second} 用的 {table} 不是同一份数据")
    return notes


def _other_base(formers: Sequence[Former]) -> list[str]:
    """Of results that stood on another result than the one that is given now."""
    given = {former.record.of: former.record for former in formers}
    notes: dict[str, list[str]] = {}
    for former in formers:
        for under in former.record.said["stands_on"]:
            now = given.get((under["region"], under["program"], under["period"]))
            if under["as"] == DATA and now is not None and now.sha256 != under["run_sha256"]:
                notes.setdefault(f"{_what(now)} 的另一次结果，不是这次给的 {now.place}", []).append(former.record.place)
    return [f"{_some(places)} 依据的是 {what}" for what, places in notes.items()]


def _stood_on(formers: Sequence[Former], differs: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """What ``run.json`` says of them."""
    listed = []
    for former, what in zip(formers, differs, strict=True):
        region, program, period = former.record.of
        listed.append(
            {
                "as": former.role, "place": former.record.place, "region": region, "program": program,
                "period": period, "run_sha256": former.record.sha256, "differs": list(what),
            }
        )  # fmt: skip
    return listed


def _side_tables(book: Book, period: Period) -> frozenset[str]:
    """Tables that hold no rows of periods: the same are expected period after period."""
    snapshot = book.at(max(period.end, book.start))
    return frozenset(name for name, table in snapshot.tables.items() if table.period_field is None)


def _what(record: Record) -> str:
    return f"{record.of[1]} {record.of[2]}"


def _some(places: Sequence[str]) -> str:
    return "、".join(places[:3]) + (f" 等 {len(places)} 个" if len(places) > 3 else "")
