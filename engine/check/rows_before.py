"""上一条 and 沿 see rows before the period; 合计, 累计 and 名次 only those of the run. Where both meet it says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.check.context import Context
from engine.check.cycles import depends_on
from engine.language import tree
from engine.language.function_laws import Reach
from engine.language.functions import law_of
from engine.language.types import Kind
from engine.rulebook.chains import in_order
from engine.rulebook.model import Check, Entry, Grain, Rule
from engine.rulebook.parts import Part, names_in
from engine.rulebook.problems import Place

HINT = "只看本期的行，在 {} 里写 限本期；确实要连以往的行一起看，写 含以往，如 上一条(日期, 每 某人, 按 日期, 含以往)"


@dataclass
class _Seen:
    """What an entry and all that it reads look at: settled tables, each with who looks at it and how."""

    back: dict[str, tuple[str, str]] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[Part, tree.Call]] = field(default_factory=list)

    @property
    def joined(self) -> set[str]:
        return self.back.keys() & self.sums.keys()


def rows_before_the_period_are_meant(context: Context) -> None:
    """Refuses a value that rests on both, where 上一条 or 沿 does not say which rows it means; and a value read on a
    row before the period that only rows of the run have.
    """
    tables = context.snapshot.tables.values()
    dated = {t.name: t.fields.get(t.period_field or "") for t in tables}
    settled = {name for name, field in dated.items() if field is not None and field.type.kind is Kind.DATE}
    found: dict[str, _Seen] = {}
    for name in in_order(_looked_at(context), lambda n: depends_on(context, n)):
        entry = context.snapshot.entries.get(name)
        if not isinstance(entry, (Rule, Check, Grain)) or name in context.broken:
            continue
        if isinstance(entry, Rule) and not context.scope.as_rule(name):
            continue
        below = [found[other] for other in sorted(depends_on(context, name)) if other in found]
        seen = found[name] = _of(context, entry, settled)
        own_back = dict(seen.back)
        for other in below:
            seen.back = {**other.back, **seen.back}
            seen.sums = {**other.sums, **seen.sums}
        for table in sorted(seen.joined):
            if not any(table in other.joined for other in below):
                _told_apart(context, name, entry, seen, table, table in own_back)
        for part, call in seen.calls:
            _known_on_older_rows(context, name, part, call, found)


def _looked_at(context: Context) -> set[str]:
    return {entry.name for entry in context.entries() if isinstance(entry, (Rule, Check, Grain))}


def _of(context: Context, entry: Rule | Check | Grain, settled: set[str]) -> _Seen:
    """What the entry's own formulas look at."""
    seen = _Seen()
    for part, node in context.sound_parts(entry):
        base = context.scope.base(part.grain)
        for call in (n for n in node.walk() if isinstance(n, tree.Call)):
            reach = law_of(call.function).reach
            if reach is Reach.GROUP_AND_BEFORE and base in settled:
                if call.history is None:
                    seen.back.setdefault(base, (entry.name, call.function))
                if call.history is not False:
                    seen.calls.append((part, call))
            for table in _summed(context, call, base, settled):
                seen.sums.setdefault(table, f"{entry.name} 的 {call.function}")
    return seen


def _summed(context: Context, call: tree.Call, base: str, settled: set[str]) -> Iterator[str]:
    """The settled table whose rows of the run a call runs over."""
    reach = law_of(call.function).reach
    if reach is Reach.GROUP and base in settled:
        yield base
    elif reach is Reach.BELOW and call.source:
        source = context.scope.base(call.source)
        table = context.snapshot.tables.get(source)
        keys = table.key if table is not None else ()
        refers = [table.fields[key].refers or "" for key in keys if table is not None and key in table.fields]
        yield from {source, *refers} & settled


def _told_apart(context: Context, name: str, entry: Entry, seen: _Seen, table: str, looks_back_itself: bool) -> None:
    (who, function), sums = seen.back[table], seen.sums[table]
    hint = HINT.format(function if looks_back_itself else f"{who} 的 {function}")
    message = f"{name}：{who} 的 {function} 也看 {table} 本期以前的行，{sums} 只在本期的行上算，合在一起对不上"
    context.add("E505", _place(context, entry), message, hint)


def _place(context: Context, entry: Entry) -> Place:
    """Where the entry looks at other rows; its own place where only what it reads does."""
    for part, node in context.sound_parts(entry):
        for call in node.walk():
            if isinstance(call, tree.Call) and (call.source or law_of(call.function).looks_at_rows):
                return part.formula.at(call)
    return entry.provenance.place


def _known_on_older_rows(context: Context, name: str, part: Part, call: tree.Call, found: dict[str, _Seen]) -> None:
    """A value that only rows of the run have is none on a row before the period: silently absent, or 0."""
    base = context.scope.base(part.grain)
    names = {name for arg in call.args for name in names_in(arg)}
    for read in [*sorted(names), call.by or ""]:
        seen = found.get(read)
        if seen is not None and base in seen.sums:
            context.add(
                "E505",
                part.formula.at(call),
                f"{name}：{call.function} 要看的 {read} 靠 {seen.sums[base]} 算出，{base} 本期以前的行没有它",
                "写 限本期；或改看每行自己就有的值",
            )
            return
