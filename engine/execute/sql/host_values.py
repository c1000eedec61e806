"""Values that the host works out once for each combination of keys on a frame's rows, and joins to them."""

from __future__ import annotations

import datetime
import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any, TypeVar

from sqlglot import exp

from engine.execute.plan.reads import How
from engine.execute.plan.steps import Column
from engine.execute.reference import lookups
from engine.execute.reference.rows import Row
from engine.execute.reference.rules import compute
from engine.execute.reference.scalars import SCALARS
from engine.execute.sql import ints
from engine.execute.sql.at_once import Question, answers
from engine.execute.sql.frame import ROW, SmallTable, decoded
from engine.execute.sql.ints import Int
from engine.execute.sql.lowered import (
    Lowered,
    any_of,
    constant,
    is_true,
    merged,
    missing,
    month_number,
    not_,
    number,
    unresolved,
)
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.rounded_sums import NoSum, Share, added_up, share_of, terms_of
from engine.execute.sql.told_apart import Apart, one_for_the_rest, told_apart
from engine.language import tree
from engine.language.function_laws import Absence, Reach
from engine.language.functions import law_of
from engine.language.types import Kind
from engine.language.values import Month, Unresolved, Value
from engine.rulebook.model import Rule
from engine.rulebook.parts import formulas_of, names_in
from engine.rulebook.scope import Unreachable

MOST_ARGUMENTS = 1_000_000
"""Of so many combinations of arguments the host works out a function that SQL has no words for."""
MANY = 1000
"""Combinations without a row from which on they are told by what they are not."""
LEAVES = "每种组合"
"""The key of a row that stands for many. A rule can be worked out once for all rows on which the names that it reads
(its *leaves*) have the same values; the row on which that is done has no key of its own, only ``Row.leaves``.
"""


Found = TypeVar("Found")


class NotInSql(Exception):
    """Something of the language that this engine cannot compute on data rows: a Chinese sentence."""


@dataclass
class Combinations:
    """Combinations of keys that occur, as they stand in SQL and as values; ``part`` takes the columns to upload."""

    keys: list[Lowered]
    raw: list[tuple]
    values: list[tuple[Value, ...]]
    null_safe: bool
    part: SmallTable | None = None
    others_fail: bool = False
    """Whether a combination that is not among them is unresolved."""


@dataclass
class Leaves:
    """What can be read of the rows for which one stands: ``varying`` by the combination of ``keys``, after whose values
    stand the flags of those that cannot be known, ``flagged``.
    """

    keys: list[Lowered]
    fixed: dict[str, Value | Unresolved]
    varying: list[str]
    flagged: list[str]

    def of(self, key: tuple[Value, ...]) -> dict[str, Value | Unresolved]:
        """The values by name at one combination."""
        found = {**self.fixed, **dict(zip(self.varying, key, strict=False))}
        for name, failed in zip(self.flagged, key[len(self.varying) :], strict=True):
            if failed:
                found[name] = Unresolved("算不出", name)
        return found


class HostValues:
    """Uploads stay as long as the frame; which rows take part may change, the combinations never get more."""

    def __init__(self, reading: OnRows) -> None:
        self.reading = reading
        self._combinations: dict[tuple, Combinations] = {}
        self._parts: list[SmallTable] = []  # kept alive: joins are known by identity

    # -- what is mapped ------------------------------------------------------------

    def named_at(self, keys: list[Lowered], name: str, base: str, day: datetime.date) -> Lowered:
        """``name`` on the row of another grain, ``base``, at ``keys``."""
        execution = self.reading.execution
        value, row_at = execution.coarse.on_row(name, base, day), lookups.rows_at(execution.judge, base, day)

        def work(key: tuple[Value, ...]) -> Value:
            target = row_at(key)
            return None if target is None else value(target)

        try:
            if not keys:
                return self._everywhere(lambda: work(()))
            if base not in execution.scope(day).book.tables:
                return self.mapped(keys, work, apart=lambda: told_apart(execution, name, base, day))
            return self.mapped(keys, work, rows=lookups.required_keys(execution.judge, base, day))
        except ints.TooLarge:
            raise _too_long(name) from None

    def _everywhere(self, work: Callable[[], Value]) -> Lowered:
        try:
            found = work()
        except Unresolved:
            return unresolved(Kind.ABSENT)
        return constant(_kind_of(found), found)

    def rule(self, rule: Rule, day: datetime.date) -> Lowered:
        """A rule worked out once for each combination of the names that it reads."""
        execution = self.reading.execution
        names = sorted(
            {name for formula in formulas_of(rule.body) for name in names_in(formula.tree)} | set(_columns(rule))
        )
        nodes = [formula.tree for formula in formulas_of(rule.body)]
        try:
            return self._by_leaves(names, nodes, day, lambda row: compute(execution.judge, rule, row, day))
        except ints.TooLarge:
            raise _too_long(rule.name) from None

    def node(self, node: tree.Node, day: datetime.date) -> Lowered:
        """A formula worked out once for each combination of the names that it reads."""
        execution = self.reading.execution
        compiled = execution.formulas.compiled_tree(node)
        return self._by_leaves(
            sorted(names_in(node)), [node], day, lambda row: execution.judge.computed(compiled, row, day)
        )

    def scalar(self, function: str, args: list[Lowered]) -> Lowered:
        """A function of its arguments alone that SQL has no words for: worked out once for each combination of them
        that occurs, at most :data:`MOST_ARGUMENTS`. Raises :class:`NotInSql` where there are more.
        """
        strict = law_of(function).absence is Absence.ANY
        fails = any_of([low.fail for low in args])
        if any(is_true(low.fail) for low in args) or (strict and any(isinstance(low.value, exp.Null) for low in args)):
            return Lowered(Kind.ABSENT, exp.Null(), fails, True)
        places = [n for n, low in enumerate(args) if not low.is_known and not isinstance(low.value, exp.Null)]
        fixed = [low.known if low.is_known else None for low in args]

        def work(key: tuple[Value, ...]) -> Value:
            values = list(fixed)
            for place, value in zip(places, key, strict=True):
                values[place] = value
            return SCALARS[function](*values)  # type: ignore[no-any-return]

        if not places:
            found = self._everywhere(lambda: work(()))
        else:
            keys = [self.reading.frame.let_low(replace(args[n], fail=None)) for n in places]
            self._refuse_many(function, keys)
            found = self.mapped(keys, work, absent_too=True)
        return found if fails is None else merged([(fails, unresolved(found.kind))], found, found.kind)

    def _refuse_many(self, function: str, keys: list[Lowered]) -> None:
        frame, execution = self.reading.frame, self.reading.execution
        query = frame.selected(key_parts(keys), execution.widest(self.reading.base)).distinct(copy=False)
        some = query.limit(MOST_ARGUMENTS + 1, copy=False).subquery("d", copy=False)
        ((count,),) = frame.database.rows(exp.select(exp.Count(this=exp.Star())).from_(some, copy=False))
        if count > MOST_ARGUMENTS:
            raise NotInSql(
                f"{self.reading.current} 用到 {function}，{frame.database.name} 的 SQL 里没有它，"
                f"要在数据库外逐组算，而它的各项有 {MOST_ARGUMENTS} 组以上不同的值"
            )

    def leaves(self, names: list[str], day: datetime.date, work: Callable[[Row], Value]) -> Lowered:
        """``work`` on a row of which only ``names`` can be read, once for each combination of them."""
        return self._by_leaves(names, [], day, work)

    def _by_leaves(
        self, names: list[str], nodes: Sequence[tree.Node], day: datetime.date, work: Callable[[Row], Value]
    ) -> Lowered:
        for node in nodes:
            if any(
                isinstance(part, tree.Call) and law_of(part.function).reach not in _ON_LEAVES for part in node.walk()
            ):
                raise NotInSql("公式太大或太长，又用到别的行，在数据行上不能精确计算；把其中一部分另立一条规则")
        leaves = self._leaves(names, day)

        def call(key: tuple[Value, ...]) -> Value:
            return work(Row(self.reading.base, (LEAVES,), leaves=leaves.of(key)))

        if not leaves.keys:
            return self._everywhere(lambda: call(()))
        return self.mapped(leaves.keys, call, absent_too=True)

    def _leaves(self, names: Iterable[str], day: datetime.date) -> Leaves:
        scope = self.reading.execution.scope(day)
        lows = {name: self.reading.read(name, day) for name in names if _is_value(scope, name)}
        varying = {n: low for n, low in lows.items() if not low.is_known and not isinstance(low.value, exp.Null)}
        fixed: dict[str, Value | Unresolved] = {}
        for name, low in lows.items():
            if name not in varying and not isinstance(low.known, frozenset):
                fixed[name] = low.known if low.is_known else Unresolved("算不出", name) if is_true(low.fail) else None
        flags = {name: low.fail for name, low in varying.items() if low.fail is not None}
        keys = [replace(low, fail=None) for low in varying.values()]
        keys += [Lowered(Kind.BOOL, fail) for fail in flags.values()]
        return Leaves(keys, fixed, list(varying), list(flags))

    # -- rounded sums --------------------------------------------------------

    def rounded_sum(self, node: tree.Node, digits: int, mode: str, day: datetime.date) -> Lowered | None:
        """A formula that is too long for SQL, rounded: :mod:`engine.execute.sql.rounded_sums`; ``None`` where it is no
        such sum, or too long even so.
        """
        own = {name: low for name in sorted(node.names) if (low := self._own_number(name, day)) is not None}
        if not own:
            return None
        leaves = self._leaves(sorted(node.names - own.keys()), day)
        try:
            terms = terms_of(node, frozenset(own), self.reading.execution.formulas)
            known = self._known_combinations([self.reading.frame.let_low(key) for key in leaves.keys], True)
            unit = Fraction(1, 10) ** digits

            def work(key: tuple[Value, ...]) -> Share | None:
                found = terms(leaves.of(key))
                return None if found is None else share_of(found, own, unit)

            with _all_is_kept():
                shares = [_outcome(work, key) for key in known.values]
            return self._rounded_sum(list(own.values()), known, shares, digits, mode)
        except (NoSum, ints.TooLarge):
            return None

    def _rounded_sum(
        self, own: list[Lowered], known: Combinations, shares: list[Share | None | Unresolved], digits: int, mode: str
    ) -> Lowered | None:
        found = [share for share in shares if isinstance(share, Share)]
        if not found:
            return None
        frame, everywhere = self.reading.frame, len(found) == len(shares)
        listed = [None if not isinstance(share, Share) else share.numbers for share in shares]
        columns = [[None if row is None else row[place] for row in listed] for place in range(len(found[0].numbers))]
        bounds = [_bounds(column) for column in columns]
        same = [everywhere and low == high for low, high in bounds]
        uploads: list[tuple[str, list[Any]]] = [
            (_type(ends), column) for ends, column, one in zip(bounds, columns, same, strict=True) if not one
        ]
        fails = [low.fail for low in own]
        if any(isinstance(share, Unresolved) for share in shares):
            uploads.append(("BOOLEAN", [isinstance(share, Unresolved) for share in shares]))
            uploaded = self._uploaded(known, uploads)
            fails.append(frame.let(exp.Coalesce(this=uploaded.pop(), expressions=[exp.false()])))
        else:
            uploaded = self._uploaded(known, uploads) if known.keys else []
        beside = iter(uploaded)
        ints_ = [
            ints.constant(ends[0]) if one else Int(next(beside), *ends, _type(ends) == ints.WIDE_TYPE)
            for ends, one in zip(bounds, same, strict=True)
        ]
        low = added_up(own, found, ints_, digits, mode, frame)
        return replace(low, fail=any_of(fails), absent=any(share is None for share in shares))

    def _own_number(self, name: str, day: datetime.date) -> Lowered | None:
        """A number that differs from row to row and that the row has itself."""
        scope = self.reading.execution.scope(day)
        if not _is_value(scope, name):
            return None
        try:
            access = scope.reach(self.reading.base, name)
        except Unreachable:
            return None
        low = self.reading.read(name, day)
        is_own = access.own and low.num is not None and low.over is None and not low.is_known and not low.absent
        return low if is_own else None

    # -- mapping ------------------------------------------------------------

    def mapped(
        self, keys: list[Lowered], work: Callable[[tuple[Value, ...]], Value], absent_too: bool = False,
        rows: Collection[tuple[Value, ...]] | None = None, apart: Callable[[], Apart] | None = None,
    ) -> Lowered:  # fmt: skip
        """``work`` on each combination of ``keys``; absent where a key is, unless ``absent_too``.

        ``rows``: the combinations of which ``work`` does not fail for want of a row, where that is known. ``apart``:
        of each key the values that ``work`` tells apart, asked for where combinations are many.
        """
        fails = any_of([key.fail for key in keys])
        if not absent_too and any(isinstance(key.value, exp.Null) for key in keys):
            return Lowered(Kind.ABSENT, exp.Null(), fails, True)
        with _all_is_kept():
            known = self._known_combinations([self.reading.frame.let_low(key) for key in keys], absent_too)
            if rows is not None:
                known = self._with_a_row(known, rows)
            if apart is not None and len(known.values) >= MANY:
                results = _of_each(work, one_for_the_rest(known.values, apart()))
            else:
                results = [_outcome(work, key) for key in known.values]
        found = self._joined(known, results)
        if absent_too:
            return found
        steps: list[tuple[exp.Expression, Lowered]] = []
        if fails is not None:
            steps.append((fails, unresolved(found.kind)))
        blank = any_of([missing(key) for key in keys if key.absent])
        if blank is not None:
            steps.append((blank, constant(found.kind, None)))
        return self.reading.frame.let_low(merged(steps, found, found.kind)) if steps else found

    def _with_a_row(self, known: Combinations, rows: Collection[tuple[Value, ...]]) -> Combinations:
        """Those that are among ``rows``, if the others are many: these are told by what they are not."""
        if len(known.values) - len(rows) < MANY:
            return known
        there = [place for place, key in enumerate(known.values) if key in rows]
        if len(known.values) - len(there) < MANY:
            return known
        raw, values = [known.raw[place] for place in there], [known.values[place] for place in there]
        return Combinations(known.keys, raw, values, known.null_safe, others_fail=True)

    def texts_by_row(self, rows: list[int], texts: list[str]) -> exp.Expression:
        """A text for some row numbers, beside the rows."""
        row = Lowered(Kind.NUMBER, exp.column(ROW), None, False, Int(exp.column(ROW), 0, 2**62, False))
        return self._uploaded(Combinations([row], [(rn,) for rn in rows], [], False), [("VARCHAR", texts)])[0]

    def combinations(self, keys: list[Lowered]) -> Combinations:
        """The combinations of ``keys`` that occur; rows without one of them are left out."""
        if not keys:
            return Combinations([], [()], [()], False)
        return self._known_combinations([self.reading.frame.let_low(key) for key in keys], False)

    def whole_numbers(self, known: Combinations, numbers: list[int | None]) -> Int | None:
        """A whole number for each combination, beside the rows; ``None`` if there is none at all."""
        present = [one for one in numbers if one is not None]
        if not present:
            return None
        bounds = _bounds(numbers)
        if not known.keys:
            return Int(ints.typed(ints.constant(present[0])), *bounds, max(map(abs, bounds)) > ints.NARROW)
        column = self._uploaded(known, [(_type(bounds), numbers)])[0]
        return Int(column, *bounds, _type(bounds) == ints.WIDE_TYPE)

    def prepare(self, columns: Sequence[Column]) -> None:
        """Asks in one query which combinations of keys there are at which these columns read other grains."""
        execution = self.reading.execution
        wanted: dict[tuple, list[Lowered]] = {}
        for read in dict.fromkeys(read for column in columns for read in column.reads if read.how is How.ELSEWHERE):
            if read.grain in execution.readings:
                continue
            keys = [self.reading.own(key) for key in execution.scope(execution.closing).keys(read.grain)]
            if keys and not any(isinstance(key.value, exp.Null) for key in keys):
                keys = [self.reading.frame.let_low(key) for key in keys]
                mark = _mark(keys, False)
                if mark not in self._combinations:
                    wanted[mark] = keys
        questions = [self._which(keys, False) for keys in wanted.values()]
        for mark, keys, raw in zip(
            wanted, wanted.values(), answers(self.reading.frame.database, questions), strict=True
        ):
            self._combinations[mark] = Combinations(keys, raw, [decoded_keys(keys, row) for row in raw], False)

    def _which(self, keys: list[Lowered], absent_too: bool) -> Question:
        """The combinations of ``keys`` that occur."""
        frame = self.reading.frame
        conditions = self.reading.execution.widest(self.reading.base)
        if not absent_too:
            conditions += [not_(gone) for key in keys if (gone := missing(key)) is not None and not is_true(gone)]
        return Question(frame.selected(key_parts(keys), conditions).distinct(copy=False), tuple(key_types(keys)))

    def _known_combinations(self, keys: list[Lowered], absent_too: bool) -> Combinations:
        mark = _mark(keys, absent_too)
        found = self._combinations.get(mark)
        if found is None:
            raw = self.reading.frame.database.rows(self._which(keys, absent_too).query)
            values = [decoded_keys(keys, row) for row in raw]
            found = self._combinations[mark] = Combinations(keys, raw, values, absent_too)
        return found

    def _joined(self, known: Combinations, results: list[Value | Unresolved]) -> Lowered:
        """The results as columns beside the rows."""
        present = [r for r in results if r is not None and not isinstance(r, Unresolved)]
        failed = known.others_fail or any(isinstance(r, Unresolved) for r in results)
        absent = any(r is None for r in results)
        if not present and not (failed and absent):
            return unresolved(Kind.ABSENT) if failed else constant(Kind.ABSENT, None)
        if present and not failed and not absent and len(set(present)) == 1:
            return constant(_kind_of(present[0]), present[0])
        if not present:
            flag = self._uploaded(known, [("BOOLEAN", [isinstance(r, Unresolved) for r in results])])[0]
            fail = self.reading.frame.let(exp.Coalesce(this=flag, expressions=[exp.convert(known.others_fail)]))
            return Lowered(Kind.ABSENT, exp.Null(), fail, True)
        kind = _kind_of(present[0])
        uploads: list[tuple[str, list[Any]]] = []
        num: Int | None = None
        den, over = 1, None
        if kind is Kind.NUMBER:
            uploads, bounds, over_bounds, den = _numbers(results)
        else:
            uploads = [(_TYPES.get(kind, "VARCHAR"), [_cell(r) for r in results])]
        if failed:
            uploads.append(("BOOLEAN", [isinstance(r, Unresolved) for r in results]))
        columns = self._uploaded(known, uploads)
        unknown = None
        if failed:
            otherwise = exp.convert(known.others_fail)
            unknown = self.reading.frame.let(exp.Coalesce(this=columns[-1], expressions=[otherwise]))
        if kind is Kind.NUMBER:
            num = Int(columns[0], *bounds, uploads[0][0] == ints.WIDE_TYPE)
            if over_bounds is not None:
                over = Int(columns[1], *over_bounds, uploads[1][0] == ints.WIDE_TYPE)
            numbers = [r for r in present if isinstance(r, Fraction)]
            return number(num, den, unknown, absent, over, (min(numbers), max(numbers)))
        return Lowered(kind, columns[0], unknown, absent)

    def _uploaded(self, known: Combinations, uploads: list[tuple[str, list[Any]]]) -> list[exp.Expression]:
        """Columns of a small table, joined by the keys. Columns made before the next query share one table."""
        frame = self.reading.frame
        if known.part is None:
            known.part = SmallTable(key_types(known.keys), known.raw)
        part, names = known.part, []
        for kind, cells in uploads:
            names.append(f"u{len(part.columns)}")
            part.columns.append((names[-1], kind, cells))
        keys = key_parts(known.keys)
        joined = frame.join(keys, part, [f"k{n}" for n in range(len(keys))], id(part), known.null_safe)
        self._parts.append(part)
        return [frame.joined_column(joined, name) for name in names]


def _mark(keys: list[Lowered], absent_too: bool) -> tuple:
    """A value and a tenth of it stand in one column, over different denominators."""
    return (absent_too, *((key.kind, key.den) for key in keys), *(part.sql("duckdb") for part in key_parts(keys)))


def _of_each(work: Callable[[tuple[Value, ...]], Value], keys: Iterable[tuple[Value, ...]]) -> list[Value | Unresolved]:
    """``work`` on each key, once where keys are the same."""
    found: dict[tuple[Value, ...], Value | Unresolved] = {}
    results = []
    for key in keys:
        if key not in found:
            found[key] = _outcome(work, key)
        results.append(found[key])
    return results


def _outcome(work: Callable[[tuple[Value, ...]], Found], key: tuple[Value, ...]) -> Found | Unresolved:
    try:
        return work(key)
    except Unresolved as error:
        return error.again()


@contextmanager
def _all_is_kept() -> Iterator[None]:
    """While a million values are made that all stay, looking for garbage among them again and again takes longer."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _too_long(name: str) -> NotInSql:
    return NotInSql(f"{name} 的精确值太长，数据行上放不下；给它写明 舍入")


def key_parts(keys: list[Lowered]) -> list[exp.Expression]:
    parts: list[exp.Expression] = []
    for key in keys:
        parts.append(key.value)
        if key.over is not None:
            parts.append(key.over.sql)
    return parts


def key_types(keys: list[Lowered]) -> list[str]:
    types = []
    for key in keys:
        if key.num is not None:
            types.append(ints.WIDE_TYPE if key.num.wide else ints.NARROW_TYPE)
            if key.over is not None:
                types.append(ints.WIDE_TYPE if key.over.wide else ints.NARROW_TYPE)
        else:
            types.append(_TYPES.get(key.kind, "VARCHAR"))
    return types


_TYPES = {Kind.BOOL: "BOOLEAN", Kind.DATE: "DATE", Kind.MONTH: "BIGINT"}
_ON_LEAVES = (Reach.ROW, Reach.TABLE, Reach.PERIOD)
"""What a function may read that is worked out once for each combination of what is read on the row."""


def _is_value(scope: Any, name: str) -> bool:
    return (
        name in scope.book.columns
        or name in scope.book.rules
        or name in scope.book.checks
        or name in scope.book.parameters
        or name in ("期年", "期初", "期末")
    )


def _columns(rule: Rule) -> tuple[str, ...]:
    return getattr(rule.body, "columns", ())


def decoded_keys(keys: list[Lowered], row: tuple) -> tuple[Value, ...]:
    cells = iter(row)
    found = []
    for key in keys:
        value = next(cells)
        den = next(cells) if key.over is not None else None
        found.append(decoded(key, value, den))
    return tuple(found)


def _kind_of(value: Any) -> Kind:
    if isinstance(value, bool):
        return Kind.BOOL
    if isinstance(value, Fraction):
        return Kind.NUMBER
    if isinstance(value, Month):
        return Kind.MONTH
    if isinstance(value, datetime.date):
        return Kind.DATE
    return Kind.ABSENT if value is None else Kind.TEXT


def _cell(value: Value | Unresolved) -> Any:
    if value is None or isinstance(value, Unresolved):
        return None
    if isinstance(value, Month):
        return month_number(value)
    return value


def _numbers(
    results: list[Value | Unresolved],
) -> tuple[list[tuple[str, list[Any]]], tuple[int, int], tuple[int, int] | None, int]:
    """Numerators over one denominator where that stays small, else numerators and denominators."""
    values = [r for r in results if isinstance(r, Fraction)]
    common = 1
    for value in values:
        common = lcm(common, value.denominator)
        if common > 10**12:
            break
    if common <= 10**12:
        nums = [int(r * common) if isinstance(r, Fraction) else None for r in results]
        bounds = _bounds(nums)
        return [(_type(bounds), nums)], bounds, None, common
    nums = [r.numerator if isinstance(r, Fraction) else None for r in results]
    dens = [r.denominator if isinstance(r, Fraction) else None for r in results]
    bounds, den_bounds = _bounds(nums), _bounds(dens)
    return [(_type(bounds), nums), (_type(den_bounds), dens)], bounds, den_bounds, 1


def _bounds(numbers: list[int | None]) -> tuple[int, int]:
    present = [n for n in numbers if n is not None]
    low, high = min(present), max(present)
    ints.column(exp.Null(), low, high)  # raises TooLarge for what no column holds
    return low, high


def _type(bounds: tuple[int, int]) -> str:
    return ints.WIDE_TYPE if max(abs(bounds[0]), abs(bounds[1])) > ints.NARROW else ints.NARROW_TYPE
