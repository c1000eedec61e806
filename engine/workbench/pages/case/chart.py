"""The curve of a value over one number of the case, with the places where another class begins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from fractions import Fraction
from typing import Any

from nicegui import ui

from engine.language.types import Kind
from engine.language.values import decimal_text
from engine.pricing.curve import Curve, CurvePoint
from engine.pricing.problems import CannotPrice
from engine.pricing.region import Region
from engine.workbench.page import aside
from engine.workbench.pages.case.outcome import unit_of
from engine.workbench.shows.troubles import show_trouble

ECHART = ui.echart
"""Taken at the start: NiceGUI loads it when it is first asked for, which takes a tenth of a second."""
STEPS = 120
TIMES = 6
APART = Fraction(3, 100)
"""Of the width, between two numbers that are written beside each other."""
FAINT = {"lineStyle": {"color": "#8a94a0", "opacity": 0.25}}
COLOURS = ("#2f7fd6", "#d9822b", "#2e9e5b", "#a854c7", "#c2403c", "#6c7a89", "#0f9ba8", "#b0892a")


class Varied:
    """What varies, from where to where, and which value is looked at: all of it in the address."""

    def __init__(self, opened: Region, asked: Mapping[str, str], changed: Callable[[], Awaitable[None]]) -> None:
        self.opened = opened
        form = [one for one in opened.form() if one.kind == Kind.NUMBER.value]
        amounts = [one.name for one in form if one.digits]  # days and years have no decimals
        self.fields = [one.name for one in form]
        self.values = [name for name in opened.first if name in opened.types and opened.types[name].kind is Kind.NUMBER]
        usual = next(iter(amounts or self.fields), "")
        self.vary = asked["vary"] if asked.get("vary") in self.fields else usual
        self.value = asked["value"] if asked.get("value") in self.values else next(iter(self.values), "")
        self.low, self.high = asked.get("from", ""), asked.get("to", "")
        self._units = {one.name: one.unit for one in form}
        self._asked = 0
        if not self.vary or not self.value:
            return
        ui.label("变一个数看看").classes("wb-subtitle").props("role=heading aria-level=2")
        with ui.element("div").classes("wb-row wb-no-print"):
            self._choose(changed)
        self._room = ui.element("div").classes("wb-curve")

    def in_address(self) -> dict[str, str]:
        return {"vary": self.vary, "value": self.value, "from": self.low, "to": self.high}

    def _choose(self, changed: Callable[[], Awaitable[None]]) -> None:
        async def set_(name: str, value: Any) -> None:
            setattr(self, name, str(value or ""))
            if name == "vary":
                self.low = self.high = ""
            await changed()

        controls = (
            ui.select(self.fields, value=self.vary, label="变的数").on_value_change(lambda e: set_("vary", e.value)),
            ui.input("从", value=self.low).on_value_change(lambda e: set_("low", e.value)),
            ui.input("到", value=self.high).on_value_change(lambda e: set_("high", e.value)),
            ui.select(self.values, value=self.value, label="看哪个值").on_value_change(
                lambda e: set_("value", e.value)
            ),
        )
        for one in controls:
            one.props("outlined dense options-dense stack-label debounce=500 inputmode=decimal").classes("wb-choose")
        self._ends = (controls[1], controls[2])

    async def show(self, record: Mapping[str, Any], below: Mapping[str, Any]) -> None:
        """The curve of the case as it is now; one that was overtaken is let go."""
        if not self.vary or not self.value:
            return
        self._asked += 1
        asked = self._asked
        low, high = self._range(record)
        found = await aside(_curve, self.opened, self.value, record, self.vary, low, high, below)
        if asked != self._asked:
            return
        self._room.clear()
        with self._room:
            if isinstance(found, CannotPrice):
                show_trouble(found.message, found.details, found.hint)
            else:
                self._draw(found, _number(record.get(self.vary)))

    def none(self, why: str) -> None:
        """No curve, and why."""
        if not self.vary or not self.value:
            return
        self._asked += 1
        self._room.clear()
        with self._room:
            ui.label(why).classes("wb-quiet")

    def _range(self, record: Mapping[str, Any]) -> tuple[str, str]:
        """Those said, else from nothing to six times what the case has, in round numbers."""
        now = _number(record.get(self.vary)) or Fraction(10)
        top = Fraction(10)
        while top < TIMES * now:
            top *= 10
        rounded = next(top * share / 10 for share in range(1, 11) if top * share / 10 >= TIMES * now)
        for end, usual in zip(self._ends, ("0", decimal_text(rounded)), strict=True):
            end.props["placeholder"] = usual
            end.update()
        return self.low or "0", self.high or decimal_text(rounded)

    def _draw(self, curve: Curve, now: Fraction | None) -> None:
        chart = ECHART(_options(curve, now, self._units[self.vary], unit_of(self.opened, self.value)), renderer="svg")
        chart.classes("wb-chart").props("role=img")
        marks = f"界值 {len(curve.thresholds)} 个，列在下面"
        chart.props["aria-label"] = f"{curve.name} 随 {curve.varied} 变化的曲线，{marks}"
        if not curve.thresholds:
            ui.label("这一段里算法没有变。").classes("wb-quiet")
            return
        with ui.element("ul").classes("wb-list wb-thresholds"):
            for one in curve.thresholds:
                left, right = curve.told(one.below), curve.told(one.above)
                with ui.element("li"):
                    ui.label(
                        f"{curve.varied} {left['at']} → {right['at']}：{_kind(one.below)} → {_kind(one.above)}，"
                        f"{left['value'] or '没有值'} → {right['value'] or '没有值'}"
                    )
        if curve.cut:
            ui.label("还有更多界值，没有找下去：把范围改小。").classes("wb-warn")


def _curve(
    opened: Region, name: str, record: Mapping[str, Any], vary: str, low: str, high: str, below: Mapping[str, Any]
) -> Curve | CannotPrice:
    try:
        return opened.curve(name, record, vary, low, high, STEPS, **below)
    except CannotPrice as error:
        return error


def _options(curve: Curve, now: Fraction | None, unit: str, value_unit: str) -> dict[str, Any]:
    """A line for each way in which the case is treated; the numbers are for drawing only."""
    kinds = list(dict.fromkeys(point.kind for point in curve.points if point.value is not None))
    series = [_line(curve, kind, COLOURS[place % len(COLOURS)]) for place, kind in enumerate(kinds)]
    if series:
        series[0]["markLine"] = {
            "symbol": "none", "silent": True, "animation": False,
            "lineStyle": {"type": "dashed", "color": "#8a94a0", "width": 1},
            "label": {"rotate": 90, "position": "insideEndTop", "fontSize": 11},
            "data": _marks(curve),
        }  # fmt: skip
        series += _this_case(curve, now)
    return {
        "animation": False,
        "grid": {"left": 70, "right": 40, "top": 44, "bottom": 50},
        "legend": {"top": 4, "type": "scroll", "icon": "roundRect"},
        "tooltip": {"trigger": "axis", "renderMode": "richText"},
        "xAxis": {
            "type": "value", "name": _named(curve.varied, unit), "nameLocation": "middle", "nameGap": 30,
            "min": float(curve.points[0].at), "max": float(curve.points[-1].at), "splitLine": {"show": False},
        },
        "yAxis": {"type": "value", "name": _named(curve.name, value_unit), "nameLocation": "end", "splitLine": FAINT},
        "series": series,
    }  # fmt: skip


def _marks(curve: Curve) -> list[dict[str, Any]]:
    """A line at each threshold, with its number where that does not stand over the one before; all are listed below."""
    found: list[dict[str, Any]] = []
    least = (curve.points[-1].at - curve.points[0].at) * APART
    last: Fraction | None = None
    for one in curve.thresholds:
        has_room = last is None or one.above.at - last >= least
        last = one.above.at if has_room else last
        label = {"show": has_room, "formatter": curve.told(one.above)["at"]}
        found.append({"xAxis": float(one.above.at), "label": label})
    return found


def _line(curve: Curve, kind: tuple[str, ...], colour: str) -> dict[str, Any]:
    drawn = [[float(point.at), _drawn(point) if point.kind == kind else None] for point in curve.points]
    return {
        "type": "line", "name": "、".join(kind) or curve.name, "data": drawn, "showSymbol": False,
        "connectNulls": False, "animation": False,
        "lineStyle": {"width": 3, "color": colour}, "itemStyle": {"color": colour},
    }  # fmt: skip


def _this_case(curve: Curve, now: Fraction | None) -> list[dict[str, Any]]:
    """The case itself, where the curve shows it."""
    near = (point for point in curve.points if now is not None and point.at >= now and point.value is not None)
    at = next(near, None)
    if now is None or at is None:
        return []
    point = {"type": "scatter", "name": "现在", "symbolSize": 13, "animation": False, "itemStyle": {"color": "#c2185b"}}
    return [{**point, "data": [[float(now), _drawn(at)]]}]


def _named(name: str, unit: str) -> str:
    return f"{name}（{unit}）" if unit else name


def _drawn(point: CurvePoint) -> float | None:
    return float(point.value) if isinstance(point.value, Fraction) else None


def _kind(point: CurvePoint) -> str:
    return "、".join(text for text in point.kind if text) or "照常"


def _number(text: Any) -> Fraction | None:
    try:
        return Fraction(str(text))
    except (ValueError, ZeroDivisionError):
        return None
