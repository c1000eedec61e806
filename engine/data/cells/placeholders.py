"""Days that programs write where there is none: 0001-01-01, 1753-01-01, 1899-12-30, 1900-01-01, 2099-12-31, 9999-12-31.

They differ from program to program, but all lie outside of what a paid case can have to do with. 1970-01-01 does not:
people were born on it. Where a validity begins or ends, such a day means that it is open.
"""

from __future__ import annotations

import datetime

from engine.data.cells.refused import Refused
from engine.language.values import Month, Value
from engine.rulebook.model import BEGINS, ENDS, Field

FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 2), datetime.date(2099, 12, 30)
FIRST_MONTH, LAST_MONTH = Month(1900, 2), Month(2099, 12)


def real_days(field: Field) -> tuple[datetime.date, datetime.date]:
    """The first and the last day that may stand in a date field."""
    first = datetime.date.min if field.validity == BEGINS else FIRST_DAY
    return first, datetime.date.max if field.validity == ENDS else LAST_DAY


def refuse_placeholder(field: Field, value: Value) -> None:
    """Raises :class:`Refused` for a date or a month that means that there is none."""
    if isinstance(value, datetime.date):
        first, last = real_days(field)
        if not first <= value <= last:
            word = "起" if value < first else "止"
            raise Refused(
                f"{value} 不是真的日期，像是程序在没有日期时填的：没有就空着，或在映射里写 空值: [{value}]；"
                f"这一列是有效期的{word}日，就在字段里写 有效期: {word}"
            )
    elif isinstance(value, Month) and not FIRST_MONTH <= value <= LAST_MONTH:
        raise Refused(f"{value} 不是真的年月，像是程序在没有年月时填的：没有就空着，或在映射里写 空值: [{value}]")
