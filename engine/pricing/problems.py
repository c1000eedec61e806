"""The one exception of the Python API."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction

from engine.files.errors import DataError, RunStopped
from engine.language.values import Month, Unresolved
from engine.rulebook.bind_errors import BindError
from engine.rulebook.chains import TOO_DEEP, TOO_DEEP_HINT
from engine.rulebook.problems import RulebookError


class CannotPrice(Exception):
    """Wrong rules, wrong published data, or a call that asks for what cannot be: ``message``, ``details``, ``hint``.

    All in Chinese. A wrong value in a case is no exception: the case is priced as rejected, with the reason.
    """

    def __init__(self, message: str, details: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message)
        self.message, self.details, self.hint = message, list(details), hint

    def __str__(self) -> str:
        return "\n".join([self.message, *self.details, *([self.hint] if self.hint else [])])


READABLE = (str, int, float, Decimal, Fraction, datetime.date, Month)
_LONGEST = 10**1000


def refuse_values(table: str, record: object) -> None:
    """Raises :class:`CannotPrice` for what is no record, and for a value that no data reader takes."""
    if not isinstance(record, Mapping):
        raise CannotPrice(f"{table} 的一行要写成字典：字段名到值")
    for name, value in record.items():
        if value is not None and not isinstance(value, READABLE):
            raise CannotPrice(
                f"{name}：Python 的 {type(value).__name__} 不是能读的值",
                hint="写文字、整数、Decimal、Fraction、bool 或日期",
            )
        odd = isinstance(value, str) and not value.isascii() and any("\ud800" <= mark <= "\udfff" for mark in value)
        signal = isinstance(value, Decimal) and value.is_snan()
        if odd or signal or (isinstance(value, int) and abs(value) > _LONGEST):
            raise CannotPrice(f"{name}：这个值读不了", hint="写完整的文字，或不超过一千位的数")


@contextmanager
def said_once() -> Iterator[None]:
    """Whatever the layers below raise, as :class:`CannotPrice`."""
    try:
        yield
    except RulebookError as error:
        lines = [f"{p.place} {p.code} {p.message}" for p in error.problems]
        raise CannotPrice("规则有错", lines, "用 casemix check 看全部问题") from error
    except DataError as error:
        raise CannotPrice(error.message, hint=error.hint) from error
    except RunStopped as error:
        raise CannotPrice(error.message, error.details, error.hint) from error
    except BindError as error:
        raise CannotPrice(error.message) from error
    except Unresolved as error:
        raise CannotPrice(f"有值无法确定：{error}") from error
    except RecursionError as error:
        raise CannotPrice(TOO_DEEP, hint=TOO_DEEP_HINT) from error
