"""Bodies and answers of the interface: exact numbers as texts, errors with their place and their cure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from engine.files.errors import DataError, RunStopped
from engine.pricing.given_json import exact_json
from engine.pricing.problems import CannotPrice
from engine.rulebook.problems import Problem, RulebookError
from engine.workbench.workplace import NoSuchRegion


class Wrong(Exception):
    """A request that cannot be answered: ``status`` and what is told."""

    def __init__(self, message: str, hint: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.status, self.told = status, {"message": message, "hint": hint}


def answer(told: Any, status: int = 200) -> Response:
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return Response(body.encode("utf-8", "backslashreplace"), status, media_type="application/json")


async def body_of(request: Request, known: Sequence[str], needed: Sequence[str]) -> dict[str, Any]:
    """The body of a request, with every number as it is written. Raises :class:`Wrong` for what is none."""
    try:
        said = exact_json(await request.body())
    except CannotPrice as error:
        raise Wrong(error.message, "请求的正文写 JSON") from None
    if not isinstance(said, dict):
        raise Wrong("请求的正文要写成一组“名: 值”", f"可以写：{'、'.join(known)}")
    strange = [name for name in said if name not in known]
    missing = [name for name in needed if name not in said]
    if strange or missing:
        what = f"不认识 {strange[0]}" if strange else f"缺 {missing[0]}"
        raise Wrong(what, f"可以写：{'、'.join(known)}；必须写：{'、'.join(needed)}")
    return said


def text_in(said: dict[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str):
        raise Wrong(f"{name} 要写文字")
    return value


def texts_in(said: dict[str, Any], name: str) -> tuple[str, ...]:
    value = said.get(name, [])
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Wrong(f"{name} 要写文字的列表")
    return tuple(value)


def refused(error: Exception) -> Response:
    """What was raised, as an answer. Raises it again where it is a mistake of the program."""
    if isinstance(error, Wrong):
        return answer({"error": error.told}, error.status)
    if isinstance(error, NoSuchRegion):
        return answer({"error": {"message": error.message, "hint": error.hint}}, 404)
    cause = error.__cause__ if isinstance(error, CannotPrice) else error
    if isinstance(cause, RulebookError):
        problems = [told_of(problem) for problem in cause.problems]
        return answer({"error": {"message": "规则有错", "hint": "改好规则", "problems": problems}}, 422)
    if isinstance(error, CannotPrice | RunStopped | DataError):
        told = {"message": error.message, "hint": error.hint, "details": list(getattr(error, "details", ()))}
        return answer({"error": told}, 422)
    raise error


def told_of(problem: Problem) -> dict[str, Any]:
    place = problem.place
    told = {"code": problem.code, "file": str(place.file), "line": place.line, "column": place.column}
    return told | {"message": problem.message, "hint": problem.hint}
