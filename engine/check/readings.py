"""A declared reading (读法) says all of it: what is left open, every way to read it, which one holds and why."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.local_cause import own_layers
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import OFFICIAL, Cases, DecisionTable, Formula, OpenReading, Parameter, Rule, Statement
from engine.rulebook.nearest import nearest
from engine.rulebook.nodes import Mapping, Scalar, Yaml
from engine.rulebook.parts import names_of
from engine.rulebook.problems import Place, Problem
from engine.rulebook.stack import Stacked
from engine.rulebook.wanted import reaching
from engine.rulebook.written import scalars_of, text_of


def readings_are_told(book: Book) -> Iterator[Problem]:
    """Refuses a reading of which something is not told, or is told of what there is not."""
    own = {layer.name for layer in own_layers(book)}
    for day in book.epochs:
        snapshot = book.at(day)
        for entry in snapshot.entries.values():
            if not isinstance(entry, (Parameter, Rule)) or entry.reading is None or "〔" in entry.name:
                continue
            stacked = snapshot.stacked.get(entry.name)
            if stacked is None:
                continue
            if isinstance(entry, Parameter):
                yield from _options_are_the_classes(entry, entry.reading, stacked)
            if entry.reading.provenance.layer in own and "读法" in stacked.raw.body:
                yield from _declared(snapshot, entry, entry.reading, stacked)


def _options_are_the_classes(entry: Parameter, reading: OpenReading, stacked: Stacked) -> Iterator[Problem]:
    """Told where the 类别 are written: a layer that adds one has to say what it means."""
    told, classes = [name for name, _ in reading.options], entry.type.classes
    if not classes:
        where = _at(stacked.raw.body, "读法", stacked)
        cure = "写 类别: [读法, …]，取值 是默认的一种；只有一种读法的，用 状态: 暂定 和 说明"
        yield Problem("E325", where, f"参数 {entry.name} 写了 读法，却没有 类别", cure)
        return
    missing, more = [c for c in classes if c not in told], [t for t in told if t not in classes]
    if missing:
        where = _at(stacked.raw.body, "类别", stacked)
        cure = "在 读法 的 读作 下面给每一种写一句" + (
            "" if "读法" in stacked.raw.body else "：这里另写一个完整的 读法"
        )
        yield Problem("E325", where, f"{entry.name} 的 读法 没有说 {'、'.join(missing)} 是什么意思", cure)
    if more:
        where = _at(stacked.raw.body, "读法", stacked)
        cure = nearest(more[0], classes) or "改成 类别 里的词，或加进 类别"
        yield Problem("E325", where, f"{entry.name} 的 读法 说了 {'、'.join(more)}，类别 里没有", cure)


def _declared(
    snapshot: Snapshot, entry: Parameter | Rule, reading: OpenReading, stacked: Stacked
) -> Iterator[Problem]:  # fmt: skip
    body = stacked.raw.body
    where = _at(body, "读法", stacked)
    about = entry.provenance
    if about.status == OFFICIAL:
        cure = "写 状态: 暂定（原文留有余地，先这样读）；原文写明了的，不写 读法"
        yield Problem("E325", where, f"{entry.name} 写了 读法，状态却是正式", cure)
    if not text_of(body.get("依据")):
        cure = "写 依据: 文件 条款，是哪一条没有写明"
        yield Problem("E325", where, f"{entry.name} 的 读法 没有写自己的 依据", cure)
    if len(reading.options) < 2:
        cure = "写出另外的读法；只有一种的，用 状态: 暂定 和 说明"
        yield Problem("E325", where, f"{entry.name} 的 读法 只有一种", cure)
    if reading.defaults and not reading.why:
        cure = f"加 为什么: 原文哪里最支持 {reading.defaults[0][1]}"
        yield Problem("E325", where, f"{entry.name} 的 读法 没有说为什么默认这一种", cure)
    if isinstance(entry, Rule):
        yield from _options_of_a_rule(snapshot, entry, reading, where, body.get("读法"))
    yield from _shows(snapshot, entry, body.get("读法"))


def _options_of_a_rule(
    snapshot: Snapshot, rule: Rule, reading: OpenReading, where: Place, written: Yaml | None
) -> Iterator[Problem]:
    """Each reading of a rule is a name that may stand as its 公式, and one of them does."""
    told = [name for name, _ in reading.options]
    options = written.get("读作") if isinstance(written, Mapping) else None
    for name in told:
        if name not in snapshot.entries and name not in snapshot.columns:
            key = options.key(name) if isinstance(options, Mapping) else None
            cure = nearest(name, snapshot.known_names) or "规则的读法是一条规则的名称，写作 公式: 名称"
            yield Problem("E325", key.place if key else where, f"{rule.name} 的 读法 说的 {name} 没有这个名字", cure)
    if isinstance(rule.body, (Cases, DecisionTable)) or (
        isinstance(rule.body, Formula) and rule.body.text not in told
    ):  # fmt: skip
        cure = f"写 公式: {told[0]}（读作 里的一个名称）；几种读法各立一条规则"
        yield Problem("E325", where, f"{rule.name} 的公式不是 读法 里的一种", cure)


def _shows(snapshot: Snapshot, entry: Parameter | Rule, written: Yaml | None) -> Iterator[Problem]:
    """见于 names what reads the entry, however far up, or what the readings choose from."""
    places = {s.text: s.place for s in scalars_of(written.get("见于"))} if isinstance(written, Mapping) else {}
    if not places:
        return
    readers = reaching(snapshot, {entry.name}, frozenset(snapshot.rules))
    chosen = {n for e in snapshot.entries.values() if entry.name in (names := names_of(e)) for n in names}
    for name, place in places.items():
        shown = snapshot.entries.get(name)
        if shown is None and name not in snapshot.columns:
            cure = nearest(name, snapshot.known_names) or "写规则、检查或报表的名称"
            yield Problem("E325", place, f"{entry.name} 的 见于 写的 {name} 没有这个名字", cure)
        elif (
            name not in readers
            and name not in chosen
            and not (isinstance(shown, Statement) and names_of(shown) & readers)
        ):
            cure = "写用到它的规则或报表；看不出的不写 见于，读法一览会列出用到它的报表"
            yield Problem("E325", place, f"{entry.name} 的 见于 写的 {name} 不随它变", cure)


def _at(body: Mapping, word: str, stacked: Stacked) -> Place:
    key = body.key(word)
    return key.place if isinstance(key, Scalar) else stacked.raw.place
