"""A loaded region: it prices one case after another; any number of threads may ask it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.data.values import OutOfRange
from engine.execute.closures.desk import Desk
from engine.execute.closures.given import read_given
from engine.execute.closures.pairs import to_cell, to_value
from engine.execute.reference.refusals import key_text
from engine.execute.reference.sheets import sheet_columns
from engine.execute.reference.verdicts import OUTSIDE, REJECTED, SETTLED, Verdict
from engine.language.types import Kind, Type, default_digits
from engine.language.values import render
from engine.pricing.curve import Curve, curve_of, range_of, steps_between
from engine.pricing.figures_told import first_of, types_of
from engine.pricing.form import Asked, form_of
from engine.pricing.plain import plain_record
from engine.pricing.prepare import Prepared, refuse_strange
from engine.pricing.price_rows import price_rows
from engine.pricing.priced import Priced, RowBelow
from engine.pricing.problems import CannotPrice, refuse_values, said_once

if TYPE_CHECKING:
    from engine.explain.explain import Explanation
    from engine.rulebook.chains import TOO_DEEP, TOO_DEEP_HINT
from engine.rulebook.model import Table

FORMAT = "数据格式"
"""By which a row is rejected whose fields cannot be read."""


def _rows(name: str, given: Any) -> Sequence[Any]:
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise CannotPrice(f"{name} 要给一列行，一行一个字典", hint=f"没有行写 {name}=[]")
    return list(given)


def _not_foreseen(error: Exception) -> CannotPrice:
    return CannotPrice(
        f"计价没有完成（{type(error).__name__}：{error}）", hint="核对这一行的值；值都对的，这是程序的错，请报告"
    )


class Region:
    """Made by :func:`engine.api.load`.

    ``names``: what is priced. ``needs_all``: what the program's statements show of a case but one case cannot give, and
    why. ``unchecked``: 提醒 likewise. ``rejected``: rows of published tables that are not used (table, key, check,
    reason). ``unused``: tables of ``data`` that are not read; rows of the priced table and those below it come with the
    call, never from ``data``.
    """

    def __init__(self, prepared: Prepared) -> None:
        self._made = prepared
        self._cases = prepared.cases
        self.table = prepared.cases.main
        self.names = prepared.names
        self.places = {name: place for place, name in enumerate(prepared.names)}
        self.needs_all, self.unchecked = prepared.needs_all, prepared.unchecked
        self.rejected, self.unused = prepared.rejected, prepared.loaded.unused
        self._fields = prepared.main.fields.keys()
        judge = self._cases.judge
        self._keys = judge.scope(judge.closing).keys(self.table)
        self._desk = Desk(self._cases, prepared.names, tuple(prepared.unchecked))

    def __repr__(self) -> str:
        return f"<Region {self.name} {self.program} {self.period}: {self.table} → {'、'.join(self.names)}>"

    @property
    def name(self) -> str:
        return self._made.book.name

    @property
    def title(self) -> str:
        return self._made.book.title

    @property
    def program(self) -> str:
        return self._made.program.name

    @property
    def period(self) -> str:
        return str(self._made.period)

    @property
    def example(self) -> bool:
        """Whether it rests on invented figures: no result of it may be settled by."""
        return self._made.book.example

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables of the rules, by name."""
        return self._cases.now.tables

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the table that are read."""
        return self._made.columns

    @property
    def fields_below(self) -> dict[str, tuple[str, ...]]:
        """The tables whose rows belong to a case, and their fields that are read."""
        return dict(self._made.below)

    def keys(self, grain: str) -> tuple[str, ...]:
        """The names of the key of a table or grain."""
        judge = self._cases.judge
        return tuple(judge.scope(judge.closing).keys(grain))

    @cached_property
    def digits(self) -> dict[str, int | None]:
        """Decimals of each number, as statements show them."""
        execution = self._cases.judge
        found: dict[str, int | None] = {}
        for name in execution.program.statements:
            statement = execution.now.statements[name]
            if execution.scope(execution.closing).base(statement.grain) == self.table:
                found |= {column.name: column.digits for column in sheet_columns(execution, statement)}
        return found

    @cached_property
    def types(self) -> dict[str, Type]:
        """Kind, unit and classes of each value, by name."""
        return types_of(self._made)

    @cached_property
    def first(self) -> tuple[str, ...]:
        """``names``, those before that a reader looks at first (首要)."""
        return first_of(self._made, self.types)

    def form(self, table: str | None = None) -> list[Asked]:
        """The fields of a case, or of a table whose rows belong to it (``fields_below``), as a form asks for them."""
        name = table or self.table
        columns = self._made.columns if name == self.table else self._made.below[name]
        return form_of(self.tables[name], columns, self.tables, self._published)

    @cached_property
    def _published(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return self._made.loaded.memory().tables

    def why_not(self, name: str) -> tuple[str, tuple[str, ...], str]:
        """Why ``name`` is not among the values."""
        if name in self.needs_all:
            return f"单独一行 {self.table} 算不出 {name}：{self.needs_all[name]}", (), ""
        return f"没有算 {name}；算的有 {'、'.join(self.names)}", (), "用 of 写明要算的名字"

    # -- pricing ------------------------------------------------------------

    def price(self, record: Mapping[str, Any], /, **below: Sequence[Mapping[str, Any]]) -> Priced:
        """``record``: fields of one row by name; ``below``: rows of the tables that belong to it, by table.

        Texts, whole numbers, ``Decimal``, ``Fraction``, ``bool`` and dates; a float by its shortest decimal text; the
        same as scalars of NumPy, pandas or Arrow. A field left out, ``None``, NaN, NaT and NA are an empty cell. A
        table with 可空 may be left out; of any other that is read, ``[]`` says that there are no rows. Raises
        :class:`CannotPrice` for a name that is no field or table and for a value that is none, and nothing else.
        """
        try:
            return self._price(record, below)
        except (CannotPrice, MemoryError):
            raise
        except Exception as error:
            raise _not_foreseen(error) from error

    def price_all(self, table: Any, /, **below: Any) -> list[Priced | CannotPrice]:
        """Every row of ``table``, in its order: what :meth:`price` gives, or the exception that it would raise.

        ``table``: a pandas DataFrame, an Arrow table or record batch, what offers itself as one
        (``__arrow_c_stream__``, ``__dataframe__``), a dict of columns, or rows. ``below``: the same of the tables that
        belong to the rows. Two rows of one key have no price. Raises :class:`CannotPrice` for what is no table, for a
        column that is no field, and for a row below that belongs to none of the rows.
        """
        try:
            return price_rows(self, table, below)
        except (CannotPrice, MemoryError):
            raise
        except Exception as error:
            raise _not_foreseen(error) from error

    def curve(
        self, name: str, record: Mapping[str, Any], vary: str, low: Any, high: Any, steps: int = 200, /,
        **below: Sequence[Mapping[str, Any]],
    ) -> Curve:  # fmt: skip
        """The value ``name`` of a case while its field ``vary`` goes from ``low`` to ``high``: plain prices at so many
        equal ``steps``, and at both sides of each place where the case begins to be treated otherwise.

        Raises :class:`CannotPrice` for what is no number field, and for a range that is none.
        """
        if name not in self.places:
            raise CannotPrice(*self.why_not(name))
        field = self._made.main.fields.get(vary)
        if field is None or field.type.kind is not Kind.NUMBER:
            numbers = [one for one in self.fields if self._made.main.fields[one].type.kind is Kind.NUMBER]
            raise CannotPrice(f"{vary} 不是 {self.table} 的数字字段，不能变", hint=f"能变的有：{'、'.join(numbers)}")
        digits = field.digits if field.digits is not None else default_digits(field.type.unit)
        at = steps_between(*range_of(vary, low, high, steps), steps, digits)
        classes = [one for one in self.names if one in self.types and self.types[one].kind is Kind.CLASS]

        def price(number: Fraction) -> Priced:
            return self.price({**record, vary: number}, **below)

        return curve_of(price, vary, name, classes, at, digits, self.digits.get(name))

    def _price(self, record: Any, below: Mapping[str, Any]) -> Priced:
        try:
            if not record.keys() <= self._fields:
                with said_once():
                    refuse_strange(self._made.main, plain_record(self.table, record))
            cells = known = self._made.reader.read(record)
        except (AttributeError, TypeError, ValueError):  # told below
            cells = known = None
        if cells is None:
            record = plain_record(self.table, record)
            with said_once():
                refuse_strange(self._made.main, record)
            cells = known = self._made.reader.read(record)
        if cells is None:
            refuse_values(self.table, record)
            with said_once():
                typed = self._typed(record)
            if isinstance(typed, Priced):
                return typed
            cells = typed
            known = {name: cell for name, cell in typed.items() if cell.__class__ is not OutOfRange}
        rows, refused = self._typed_below(cells, below) if below else ({}, [])
        try:
            case, verdict, warned, values, rejected = self._desk.price(cells, known, rows)  # type: ignore[arg-type]
        except RecursionError as error:
            raise CannotPrice(TOO_DEEP, hint=TOO_DEEP_HINT) from error
        if rejected:
            refused = refused + [RowBelow(t, key_text(key), v.by, v.reason) for t, key, v in rejected]
        if verdict is None:
            return Priced(self, SETTLED, "", "", warned, refused, case, None, values)
        reason = verdict.reason
        if verdict.state == OUTSIDE and not reason:
            reason = f"不属于 {self.period}"
        return Priced(self, verdict.state, verdict.by, reason, warned, refused, case, verdict)

    # -- reading ------------------------------------------------------------

    def _typed(self, record: Mapping[str, Any]) -> dict[str, Any] | Priced:
        """The record as the data readers read it, or rejected by them."""
        computed = self._made.program.compute
        loaded = read_given(self._made.main, [record], self._made.columns, computed)
        for row in loaded.rejected:
            return Priced(self, REJECTED, FORMAT, row.reason, verdict=Verdict(REJECTED, FORMAT, row.reason))
        return {name: to_cell(value) for name, value in loaded.rows[0].items()}

    def _typed_below(
        self, cells: dict[str, Any], below: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> tuple[dict[str, Any], list[RowBelow]]:
        rows: dict[str, Any] = {}
        refused: list[RowBelow] = []
        now = self._cases.now
        for name, given in below.items():
            table = now.tables.get(name)
            if table is None or name not in self._cases.case_tables or name == self.table:
                raise CannotPrice(
                    f"{name} 不是随 {self.table} 一起给的表",
                    hint=f"有：{'、'.join(self._made.below) or '没有'}；公布的表在 load 时用 data 给",
                )
            with said_once():
                plain_rows = [plain_record(name, one) for one in _rows(name, given)]
                for one in plain_rows:
                    refuse_values(name, one)
                    refuse_strange(table, one)
                if name not in self._made.below:
                    continue
                loaded = read_given(table, plain_rows, self._made.below[name], self._made.program.compute)
            refused += [RowBelow(name, row.key_text, FORMAT, row.reason) for row in loaded.rejected]
            rows[name] = loaded.rows
            self._refuse_other_cases(name, cells, rows[name])
        return rows, refused

    def _refuse_other_cases(self, name: str, cells: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        table = self._cases.now.tables[name]
        for key in table.key:
            if table.fields[key].refers == self.table:
                own = to_value(cells[self._keys[0]])
                for row in rows:
                    if row[key] != own:
                        raise CannotPrice(f"{name} 的一行是 {render(row[key])} 的，不是 {render(own)} 的")  # type: ignore[arg-type]

    # -- explaining ------------------------------------------------------------

    def explain(self, priced: Priced, names: Sequence[str], rows: int | None) -> Explanation:
        """See :meth:`Priced.explain`."""
        from engine.explain.given_case import explain_case, unreadable

        for name in names:
            if name not in self.places:
                raise CannotPrice(*self.why_not(name))
        if priced.row is None:
            return unreadable(self.table, "", priced.reason, self.example)
        asked = list(names) or list(reversed(self.names))
        return explain_case(self._cases, priced.row, asked, dict(priced.values), priced.verdict, self._origins, rows)

    @cached_property
    def _origins(self) -> Any:
        from engine.explain.given_case import CallOrigins, loaded_without

        tables = self._cases.case_tables
        return CallOrigins(loaded_without(self._made.loaded, tables), self._made.places, given=tables)
