"""``POST /api/price``, ``/api/explain``, ``/api/check``: what the commands of these names say, for programs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from engine.check import check_book
from engine.pricing.given_json import case_and_below
from engine.pricing.priced import Priced
from engine.pricing.problems import CannotPrice
from engine.pricing.region import Region
from engine.workbench.http.answers import Wrong, answer, body_of, refused, text_in, texts_in, told_of
from engine.workbench.http.schema import CALLS, described, page_of
from engine.workbench.page import aside
from engine.workbench.prices import Priced as Asked
from engine.workbench.prices import Prices

OF_PRICE = ("region", "period", "program", "data", "published", "of", "case", "cases")
MOST_CASES = 1000
"""Cases of one request."""
AT_ONCE = 20
"""So few are priced where the request is read: a price takes less time than to hand it to a thread."""


def add_interface(app: FastAPI, prices: Prices) -> None:
    """Adds the routes, and their page, which needs no network."""

    async def price(request: Request) -> Response:
        said = await body_of(request, OF_PRICE, ("region", "period"))
        many = said.get("cases")
        if ("case" in said) == (many is not None):
            raise Wrong("写 case 或 cases，写一个")
        given = [said["case"]] if many is None else many
        if not isinstance(given, list) or len(given) > MOST_CASES:
            raise Wrong(f"cases 要写列表，最多 {MOST_CASES} 个")
        opened = await _opened(prices, said)
        found = _prices(opened, given) if len(given) <= AT_ONCE else await aside(_prices, opened, given)
        head = {"region": opened.name, "program": opened.program, "period": opened.period, "example": opened.example}
        return answer({**head, "first": list(opened.first), **(found[0] if many is None else {"cases": found})})

    async def explain(request: Request) -> Response:
        said = await body_of(request, (*OF_PRICE[:-1], "names", "rows"), ("region", "period", "case"))
        opened = await _opened(prices, said)
        names, rows = texts_in(said, "names"), said.get("rows")
        if rows is not None and (not isinstance(rows, int) or isinstance(rows, bool) or rows < 0):
            raise Wrong("rows 要写整数", "0 或更大：合计里列出几行；不写就只说最大的几行")
        return answer(await aside(_explained, opened, said["case"], names, rows))

    async def check(request: Request) -> Response:
        said = await body_of(request, ("region",), ("region",))
        return answer(await aside(_checked, prices, text_in(said, "region")))

    for path, handler in (("/api/price", price), ("/api/explain", explain), ("/api/check", check)):
        app.router.add_route(path, _kept(handler), methods=["POST"])

    async def schema(request: Request) -> Response:
        return answer(described())

    async def page(request: Request) -> Response:
        return Response(page_of(described()), media_type="text/html")

    app.router.add_route("/api/openapi.json", schema, methods=["GET"])
    app.router.add_route("/api", page, methods=["GET"])

    async def other(request: Request) -> Response:
        """What is asked for under a wrong name, or by another method, is told to programs as JSON."""
        path = request.url.path
        known = "、".join(f"POST {name}" for name in CALLS)
        if path in CALLS:
            return refused(Wrong(f"{path} 只认 POST，不认 {request.method}", "正文写 JSON；写法见 /api", 405))
        return refused(Wrong(f"没有 {path}", f"有：{known}；写法见 /api", 404))

    app.router.add_route("/api/{rest:path}", other, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])


def _kept(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def kept(request: Request) -> Response:
        try:
            return await handler(request)
        except Exception as error:
            return refused(error)

    return kept


async def _opened(prices: Prices, said: dict[str, Any]) -> Region:
    asked = Asked(
        text_in(said, "region"), text_in(said, "period"), text_in(said, "program"), texts_in(said, "data"),
        text_in(said, "published"), texts_in(said, "of"),
    )  # fmt: skip
    found = prices.ready(asked)
    return found if found is not None else await aside(prices.of, asked)


def _priced(opened: Region, given: Any) -> Priced:
    record, below = case_and_below(given)
    return opened.price(record, **below)


def _prices(opened: Region, given: list[Any]) -> list[dict[str, Any]]:
    if len(given) == 1:
        return [_priced(opened, given[0]).as_dict()]
    found: list[dict[str, Any]] = []
    for one in given:
        try:
            found.append(_priced(opened, one).as_dict())
        except CannotPrice as error:
            found.append({"error": {"message": error.message, "hint": error.hint, "details": error.details}})
    return found


def _explained(opened: Region, given: Any, names: tuple[str, ...], rows: int | None) -> dict[str, Any]:
    priced = _priced(opened, given)
    found = priced.explain(*names, rows=rows)
    told = {"state": priced.state, "steps": [step.as_dict() for step in found.steps], "example": found.example}
    return told | ({"reason": found.left_out} if found.left_out else {})


def _checked(prices: Prices, region: str) -> dict[str, Any]:
    problems = check_book(prices.place.book(region))
    return {
        "region": region,
        "errors": sum(problem.is_error for problem in problems),
        "problems": [told_of(problem) for problem in problems],
    }
