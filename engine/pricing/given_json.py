"""A case as JSON has it: its fields by name, and rows that belong to it under the names of their tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.pricing.problems import CannotPrice

_SHAPE = '写成 {"字段": "值", …}；属于它的行写在表名下面，如 {"表": [{"字段": "值"}]}'
MOST_DIGITS = 1000
"""Of a whole number."""
_IN_CHINESE = {
    "Expecting value": "这里要有一个值",
    "Expecting property name": "这里要有一个名字，写在英文双引号里",
    "Expecting ',' delimiter": "缺英文逗号，或括号没有合上",
    "Expecting ':' delimiter": "名字后面缺英文冒号",
    "Extra data": "前面已经写完了，这里多了字",
    "Unterminated string": "文字的引号没有合上",
    "Invalid control character": "文字里有换行一类的字符，要写成 \\n",
    "Invalid \\": "反斜线后面不能这样写",
    "Illegal trailing comma": "最后一项后面不要逗号",
    "Unexpected UTF-8 BOM": "开头有一个多余的标记（BOM）",
}


def exact_json(text: str | bytes) -> Any:
    """JSON with every number as it is written. Raises :class:`CannotPrice`, with the place, for what is none, and for
    what says a name twice.
    """
    try:
        return json.loads(
            text, parse_float=Decimal, parse_int=_whole, parse_constant=_no_number, object_pairs_hook=_once
        )
    except json.JSONDecodeError as error:
        what = next((said for told, said in _IN_CHINESE.items() if error.msg.startswith(told)), "写法不对")
        raise CannotPrice(f"不是 JSON：第 {error.lineno} 行第 {error.colno} 列：{what}", hint=_SHAPE) from None
    except UnicodeDecodeError:
        raise CannotPrice("不是 JSON：不是 UTF-8 的文字", hint=_SHAPE) from None
    except RecursionError:
        raise CannotPrice("不是 JSON：括号套得太深", hint=_SHAPE) from None
    except ValueError as error:
        raise CannotPrice(f"不是 JSON：{error}", hint=_SHAPE) from None


def case_and_below(given: Any) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The fields of a case, and the rows below it. Raises :class:`CannotPrice` for what is no case."""
    if not isinstance(given, Mapping):
        raise CannotPrice("一个个案要写成一组字段", hint=_SHAPE)
    strange = next((str(name) for name, value in given.items() if isinstance(value, Mapping)), None)
    if strange is not None:
        raise CannotPrice(f"{strange}：写成了一组名和值，这里要写一个值", hint=_SHAPE)
    below = {str(name): value for name, value in given.items() if isinstance(value, list)}
    return {str(name): value for name, value in given.items() if name not in below}, below


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"{text[:12]}… 有 {len(text)} 位，太长")
    return int(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(name for name in names if names.count(name) > 1)}”写了两次")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} 不是数")
