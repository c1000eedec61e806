"""Notices: what one says holds from its 施行, earlier only by 追溯; of two on one day neither is the later one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from engine.rulebook.book import Book
from engine.rulebook.in_force import dated, retroactive_from
from engine.rulebook.layers import Layer, RawEntry
from engine.rulebook.names import is_date
from engine.rulebook.nodes import Mapping, Scalar
from engine.rulebook.parts import names_of
from engine.rulebook.problems import Place, Problem
from engine.rulebook.written import says_yes


def notices_stand_in_time(book: Book) -> Iterator[Problem]:
    """Refuses what would hold on other days than it seems to, and two notices of which neither is the later one."""
    yield from _retroactive_outside_a_notice(book)
    for region, notices in _notices(book):
        for notice in notices:
            yield from _older_than_its_region(notice, region)
            for raw in (*notice.entries, *notice.replaced):
                yield from _figures_before_the_notice(raw, notice)
                yield from _retroactive(raw, notice, region)
                yield from _reads_what_is_not_there_yet(raw, book)
        yield from _two_on_one_day(notices)


def _notices(book: Book) -> Iterator[tuple[Layer, list[Layer]]]:
    """Each layer with the notices that amend it and say from when."""
    for region in book.layers:
        inside = [la for la in book.layers if la.kind == "amendment" and la.folder.parent.parent == region.folder]
        if inside:
            yield region, [notice for notice in inside if notice.start is not None]


def _retroactive_outside_a_notice(book: Book) -> Iterator[Problem]:
    for layer in book.layers:
        for raw in (*layer.entries, *layer.replaced) if layer.kind != "amendment" else ():
            key = raw.body.key("追溯")
            if key is not None:
                hint = "追溯 只写在通知（amendments）里；这里的取值本来就从所写的日期起算数，删去 追溯"
                yield Problem("E216", key.place, f"{raw.name} 不在通知里，没有什么可以追溯", hint)


def _older_than_its_region(notice: Layer, region: Layer) -> Iterator[Problem]:
    if region.start is None or notice.start is None or notice.start >= region.start:
        return
    message = f"通知自 {notice.start} 施行，{region.title} 自 {region.start} 才施行，没有什么可以修订"
    hint = f"核对两个 施行；通知先出的，把它的话写进 {region.name} 自己的文件"
    yield Problem("E218", notice.place, message, hint)


def _figures_before_the_notice(raw: RawEntry, notice: Layer) -> Iterator[Problem]:
    if "追溯" in raw.body and says_yes(raw.body.get("追溯")):
        return
    for day, key in dated(raw):
        if notice.start is not None and day < notice.start:
            message = f"{raw.name} 的取值写自 {day} 起，这份通知自 {notice.start} 才施行：这以前仍按原来的"
            hint = f"通知施行以后才改的，日期写 {notice.start}（或写 施行）；要管到施行以前，在这一条加 追溯: 是"
            yield Problem("E215", key.place, message, hint)


def _retroactive(raw: RawEntry, notice: Layer, region: Layer) -> Iterator[Problem]:
    key, word = raw.body.key("追溯"), raw.body.get("追溯")
    if key is None or not (says_yes(word) or raw.kind != "parameter"):
        return
    first = retroactive_from(raw)
    if first is None and raw.kind != "parameter" and not is_date(word.text if isinstance(word, Scalar) else ""):
        return  # no date: told where it was read
    if first is None:
        message = f"{raw.name} 写了 追溯，却没有早于 {notice.start}（通知施行）的日期"
        hint = "写出从哪一天起：参数写在 取值 里，规则写 追溯: 日期；不追溯就删去这一项"
        yield Problem("E216", key.place, message, hint)
    elif region.start is not None and first < region.start:
        message = f"{raw.name} 追溯到 {first}，{region.title} 自 {region.start} 才施行"
        yield Problem("E216", _written(raw, first), message, f"最早写 {region.start}")


def _reads_what_is_not_there_yet(raw: RawEntry, book: Book) -> Iterator[Problem]:
    """What a retroactive entry names has to be there on its first day."""
    first = retroactive_from(raw)
    key = raw.body.key("追溯")
    if first is None or key is None or first < book.start:
        return
    then, now = book.at(first), book.at(book.epochs[-1])
    entry = then.entries.get(raw.name)
    for name in sorted(names_of(entry)) if entry is not None else ():
        if name in now.entries and name not in then.entries and name not in then.dimensions:
            message = f"{raw.name} 追溯到 {first}，它用到的 {name} 那一天还没有"
            yield Problem("E216", key.place, message, f"给 {name} 也写 追溯，不晚于 {first}")


def _written(raw: RawEntry, day: datetime.date) -> Place:
    """Where a day stands: in 取值 or under 追溯."""
    found = next((key.place for other, key in dated(raw) if other == day), None)
    word = raw.body.get("追溯")
    return found or (word.place if word is not None else raw.place)


def _two_on_one_day(notices: list[Layer]) -> Iterator[Problem]:
    seen: dict[tuple[datetime.date, str], tuple[Layer, Place]] = {}
    for notice in notices:
        for name, place in _touched(notice):
            assert notice.start is not None
            other = seen.setdefault((notice.start, name), (notice, place))
            if other[0] is not notice:
                message = (
                    f"{name} 在两份同日（{notice.start}）施行的通知里都写了，分不出先后："
                    f"另一份是 {other[0].title}（{other[1].file} 第 {other[1].line} 行）"
                )
                yield Problem("E217", place, message, "留一份里的；确有先后的，核对 施行")


def _touched(notice: Layer) -> Iterator[tuple[str, Place]]:
    """Every name that a notice writes, replaces or deletes; of a table it adds to, the columns."""
    for scalar in notice.deleted:
        yield scalar.text, scalar.place
    for raw in notice.replaced:
        yield raw.name, raw.place
    for raw in notice.entries:
        fields = raw.body.get("字段")
        if raw.kind != "table" or "主键" in raw.body:
            yield raw.name, raw.place
        elif isinstance(fields, Mapping):
            yield from ((f"{raw.name}.{key.text}", key.place) for key, _ in fields.entries)
