"""Which value a name means from a row: keys that follow from the row's own, never a cross join.

A :class:`Scope` is one snapshot seen by one program in one kind of period: the program decides which names
are computed rather than read, the period which 归期 keys are fixed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from engine.language.functions import PERIOD_NAMES
from engine.language.types import DATE, NUMBER, TEXT, Kind, Type, Unit
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Program, Rule, Table
from engine.rulebook.nearest import KnownNames, nearest


class Unreachable(Exception):
    """A name that cannot be read from a grain: code, sentence, and what to do (found out when somebody asks)."""

    def __init__(self, code: str, message: str, hint: str | Callable[[], str] = "") -> None:
        super().__init__(message)
        self.code, self.message, self._hint = code, message, hint

    @property
    def hint(self) -> str:
        if not isinstance(self._hint, str):
            self._hint = self._hint()
        return self._hint


@dataclass(frozen=True)
class Access:
    """How to read ``name`` from a row.

    ``kind``: parameter, period, key (own key), field or rule. ``grain``: the table or grain that has it.
    ``keys``: how each of that grain's keys is read from the row, unless ``own`` (the same row). ``subsets``:
    narrowed grains the row may not belong to.
    """

    name: str
    kind: str
    grain: str = ""
    keys: tuple[Access, ...] = ()
    own: bool = True
    subsets: tuple[str, ...] = ()


@dataclass
class Scope:
    """Name resolution for one program (or none) and one kind of period (年, 季, 月)."""

    book: Snapshot
    program: Program | None = None
    period: str = "年"
    _closures: dict[str, dict[str, list[Access]]] = field(default_factory=dict)
    _accesses: dict[tuple[str, str], Access | Unreachable] = field(default_factory=dict)
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _chains: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _readable_names: dict[str, KnownNames] = field(default_factory=dict)

    def move_to(self, book: Snapshot, program: Program | None, named: frozenset[str] = frozenset()) -> None:
        """To a snapshot with the same tables, grains and declared types: what names mean stays as it was.

        ``named``: names of no key or field that there are now and were not before, or the other way round.
        """
        self.book, self.program = book, program
        self._readable_names.clear()
        if named:  # what could not be reached may be reached now, or another name be the nearest
            found = self._accesses.items()
            self._accesses = {
                key: access for key, access in found if key[1] not in named and not isinstance(access, Unreachable)
            }

    @cached_property
    def computed(self) -> frozenset[str]:
        return frozenset(self.program.compute) if self.program else frozenset()

    # -- grains ------------------------------------------------------------

    def is_grain(self, name: str) -> bool:
        return name in self.book.tables or name in self.book.grains or name in self.book.dimensions

    def chain(self, grain: str) -> tuple[str, ...]:
        """The narrowed grains from ``grain`` down to its base, finest first, without the base.

        Loops are cut.
        """
        known = self._chains.get(grain)
        if known is None:
            known = self._chains[grain] = self._chain(grain)
        return known

    def _chain(self, grain: str) -> tuple[str, ...]:
        found: list[str] = []
        while (entry := self.book.grains.get(grain)) is not None and entry.of and grain not in found:
            found.append(grain)
            grain = entry.of
        return tuple(found)

    def base(self, grain: str) -> str:
        """The table or key grain whose rows ``grain`` narrows."""
        chain = self.chain(grain)
        entry = self.book.grains.get(chain[-1]) if chain else None
        return entry.of if entry is not None and entry.of else grain

    def fixed(self, table: Table) -> bool:
        """Whether the period leaves one row a key: its 归期 is a key and the period is no longer than it."""
        name = table.period_field
        if name is None or name not in table.key or name not in table.fields:
            return False
        type_ = table.fields[name].type
        return type_.kind is Kind.NUMBER or (type_.kind is Kind.MONTH and self.period == "月")

    def keys(self, grain: str) -> tuple[str, ...]:
        """The names that tell one row of ``grain`` from another, without a 归期 that the period fixes."""
        known = self._keys.get(grain)
        if known is None:
            known = self._keys[grain] = self._keys_of(grain)
        return known

    def _keys_of(self, grain: str) -> tuple[str, ...]:
        base = self.base(grain)
        table = self.book.tables.get(base)
        if table is not None:
            return tuple(k for k in table.key if not (self.fixed(table) and k == table.period_field))
        entry = self.book.grains.get(base)
        if entry is not None:
            return entry.key
        return (base,) if base in self.book.dimensions else ()

    # -- what a row knows ------------------------------------------------------------

    def closure(self, grain: str) -> dict[str, list[Access]]:
        """Every dimension that a row of ``grain`` determines, with each nearest way to read it."""
        if grain not in self._closures:
            self._closures[grain] = self._close(grain)
        return self._closures[grain]

    def _close(self, grain: str) -> dict[str, list[Access]]:
        base = self.base(grain)
        known: dict[str, list[Access]] = {key: [Access(key, "key", base)] for key in self.keys(grain)}
        table = self.book.tables.get(base)
        if table is not None:
            for name in table.fields:
                if name in self.book.dimensions and name not in known:
                    known[name] = [Access(name, "field", base)]
        for rule in self._dimension_rules:
            if self.base(rule.grain) == base and rule.name not in known:
                known[rule.name] = [Access(rule.name, "rule", base)]
        while True:
            found: dict[str, list[Access]] = {}
            for other in self.book.tables.values():
                keys = self.keys(other.name)
                if other.name == base or not keys or any(key not in known for key in keys):
                    continue
                for name in other.fields:
                    if name in self.book.dimensions and name not in known and name not in other.key:
                        steps = tuple(known[key][0] for key in keys)
                        found.setdefault(name, []).append(Access(name, "field", other.name, steps, False))
            for rule in self._dimension_rules:
                keys = self.keys(rule.grain)
                if rule.name not in known and keys and all(key in known for key in keys):
                    steps = tuple(known[key][0] for key in keys)
                    home = self.base(rule.grain)
                    found.setdefault(rule.name, []).append(Access(rule.name, "rule", home, steps, False))
            if not found:
                return known
            known.update(found)

    @cached_property
    def _dimension_rules(self) -> list[Rule]:
        return [
            rule for rule in self.book.rules.values() if rule.name in self.book.dimensions and self.as_rule(rule.name)
        ]

    def as_rule(self, name: str) -> bool:
        """Whether ``name`` is read as a rule: a field of that name is read instead, unless the program computes it."""
        return name in self.book.rules and (name not in self.book.columns or name in self.computed)

    def determines(self, grain: str, keys: tuple[str, ...]) -> bool:
        closure = self.closure(grain)
        return all(key in closure for key in keys)

    # -- names ------------------------------------------------------------

    def home(self, name: str) -> str | None:
        """The grain that ``name`` is a value of; ``None`` for parameters, dimensions and what does not
        exist.
        """
        if name in self.book.dimensions or name in self.book.parameters:
            return None
        if self.as_rule(name):
            return self.book.rules[name].grain
        tables = self.book.columns.get(name)
        if tables:
            return tables[0]
        check = self.book.checks.get(name)
        return check.grain if check is not None else None

    def reach(self, grain: str, name: str) -> Access:
        """How to read ``name`` from a row of ``grain``. Raises :class:`Unreachable`."""
        key = (grain, name)
        if key not in self._accesses:
            try:
                self._accesses[key] = self._reach(grain, name)
            except Unreachable as error:
                self._accesses[key] = error
        found = self._accesses[key]
        if isinstance(found, Unreachable):
            raise found
        return found

    def _reach(self, grain: str, name: str) -> Access:
        if name in PERIOD_NAMES:
            return Access(name, "period")
        if name in self.book.parameters:
            return Access(name, "parameter")
        if name in self.book.dimensions:
            return self._dimension(grain, name)
        home = self.home(name)
        if home is None:
            raise Unreachable("E303", f"没有 {name} 这个名字", lambda: self._nearest(grain, name))
        tables = self.book.columns.get(name, [])
        if not self.as_rule(name) and len(tables) > 1:
            raise Unreachable(
                "E305", f"{name} 在几张表里都有（{'、'.join(tables)}），不知道读哪一个", "给字段各取一个名字"
            )
        kind = "field" if tables and not self.as_rule(name) else "rule"
        if kind == "rule" and name not in self.book.rules:
            kind = "check"
        return self.at_home(grain, name, kind, home)

    def _nearest(self, grain: str, name: str) -> str:
        """The name that was meant; where a row of ``grain`` cannot read it as it is, that too, and what it can."""
        known = self.book.known_names
        far = nearest(name, known)
        other = far.removeprefix("是不是 ").removesuffix("？") if far.startswith("是不是 ") else ""
        other = other if other in known else ""
        refused = self._refusal(grain, other) if other and self._is_value(other) else None
        if refused is None:
            return far
        near = nearest(name, self._readable(grain))
        return f"{far}不过 {refused.message}：{refused.hint}" + (f"；能直接读的，{near}" if near else "")

    def _readable(self, grain: str) -> KnownNames:
        """The values that a row of ``grain`` can read as they are."""
        if grain not in self._readable_names:
            known = self.book.known_names.names
            self._readable_names[grain] = KnownNames(
                name for name in known if self._is_value(name) and self._refusal(grain, name) is None
            )
        return self._readable_names[grain]

    def _is_value(self, name: str) -> bool:
        known = (self.book.columns, self.book.parameters, self.book.dimensions, PERIOD_NAMES)
        return self.home(name) is not None or any(name in names for names in known)

    def _refusal(self, grain: str, name: str) -> Unreachable | None:
        """Why a row of ``grain`` cannot read the value ``name``; ``None`` where it can."""
        try:
            self.reach(grain, name)
        except Unreachable as error:
            return error
        return None

    def at_home(self, grain: str, name: str, kind: str, home: str) -> Access:
        base = self.base(home)
        if self.base(grain) == base:
            own_chain = self.chain(grain)
            return Access(name, kind, base, (), True, tuple(s for s in self.chain(home) if s not in own_chain))
        closure = self.closure(grain)
        missing = [key for key in self.keys(home) if key not in closure]
        if missing:
            if self.determines(home, self.keys(grain)):
                raise Unreachable(
                    "E504",
                    f"{name} 是每个 {home} 各有一个的值，这里的一行 {grain} 有很多个 {home}",
                    self._gathered(name, home),
                )
            raise Unreachable(
                "E501",
                f"从 {grain} 走不到 {name}：它是 {home} 的值，不知道 {'、'.join(missing)}",
                f"用 取({name}, {missing[0]} = …) 说明要哪一个",
            )
        steps = tuple(self._single(closure, key, grain) for key in self.keys(home))
        within = self.within(grain)
        return Access(name, kind, base, steps, False, tuple(s for s in self.chain(home) if s not in within))

    def within(self, grain: str) -> frozenset[str]:
        """The narrowed grains of which a row of ``grain`` surely has a row: those that it combines (每个)."""
        entry = self.book.grains.get(self.base(grain))
        every = entry.every if entry is not None else ()
        return frozenset(subset for one in every for subset in self.chain(one))

    def _gathered(self, name: str, home: str) -> str:
        """How a row above reads ``name`` of the many rows of ``home``: numbers are added up, anything else counted."""
        rule = self.book.rules.get(name) if self.as_rule(name) else None
        tables = self.book.columns.get(name, ())
        type_ = rule.type if rule is not None else self.field_type(tables[0], name) if tables else None
        if type_ is not None and type_.kind is Kind.CLASS:
            return f"用汇总，如 计数({home}, 当 {name} = {type_.classes[0]})"
        if type_ is not None and type_.kind is Kind.BOOL:
            return f"用汇总，如 计数({home}, 当 {name})"
        return f"用汇总，如 合计({name})、均值({name})"

    def _dimension(self, grain: str, name: str) -> Access:
        closure = self.closure(grain)
        if name not in closure:
            raise Unreachable(
                "E501",
                f"从 {grain} 的一行不能知道 {name}",
                f"{grain} 的键是 {'、'.join(self.keys(grain)) or '（无）'}",
            )
        return self._single(closure, name, grain)

    def _single(self, closure: dict[str, list[Access]], name: str, grain: str) -> Access:
        ways = closure[name]
        if len(ways) > 1:
            from_tables = "、".join(way.grain for way in ways)
            raise Unreachable("E502", f"从 {grain} 到 {name} 有两条路：{from_tables}", "去掉一张表里的这个字段，或改名")
        return ways[0]

    # -- types of what is read ------------------------------------------------------------

    def field_type(self, table: str, name: str) -> Type:
        return self.book.tables[table].fields[name].type

    def dimension_type(self, name: str) -> Type | None:
        """The type of a key, from the table that has it as a field; ``None`` where a rule defines it."""
        for table in self.book.columns.get(name, ()):
            type_ = self.field_type(table, name)
            if type_.kind is not Kind.INTERVAL:
                return type_
        return None if name in self.book.rules else TEXT


PERIOD_TYPES = {"期年": NUMBER.with_unit(Unit((), "年")), "期初": DATE, "期末": DATE}
