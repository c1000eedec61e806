"""A case as JSON has it: its fields by name, and rows that belong to it under the names of their tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.pricing.problems import CannotPrice

_SHAPE = '写成 {"字段": "值", …}；属于它的行写在表名下面，如 {"表": [{"字段": "值"}]}'


def exact_json(text: str | bytes) -> Any:
    """JSON with every number as it is written. Raises :class:`CannotPrice` for what is none."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise CannotPrice(f"不是 JSON：{error}", hint=_SHAPE) from None


def case_and_below(given: Any) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The fields of a case, and the rows below it. Raises :class:`CannotPrice` for what is no case."""
    if not isinstance(given, Mapping):
        raise CannotPrice("一个个案要写成一组字段", hint=_SHAPE)
    below = {str(name): value for name, value in given.items() if isinstance(value, list)}
    return {str(name): value for name, value in given.items() if name not in below}, below


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} 不是数")
