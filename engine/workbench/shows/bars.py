"""Who gains and who loses as bars to both sides of nothing; the figures stand in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from engine.workbench.shows.units import grouped

ECHART = ui.echart
"""Taken at the start: NiceGUI loads it when it is first asked for, which takes a tenth of a second."""
MOST = 20
GAIN, LOSS = "#2f7fd6", "#d9822b"


def show_bars(title: str, lines: Sequence[tuple[str, str]]) -> None:
    """``lines``: name and change, as text; the first twenty are drawn."""
    drawn = list(lines[:MOST])
    data = [
        {"value": float(change), "itemStyle": {"color": GAIN if float(change) > 0 else LOSS},
         "label": {"show": True, "formatter": grouped(change), "position": "right" if float(change) > 0 else "left"}}
        for _, change in drawn
    ]  # fmt: skip
    options: dict[str, Any] = {
        "animation": False,
        "grid": {"left": "2%", "right": "12%", "top": 8, "bottom": 28, "containLabel": True},
        "xAxis": {"type": "value", "splitLine": {"lineStyle": {"color": "#8a94a0", "opacity": 0.25}},
                  "splitNumber": 4, "boundaryGap": ["14%", "14%"], "axisLabel": {"hideOverlap": True}},
        "yAxis": {"type": "category", "inverse": True, "data": [name for name, _ in drawn],
                  "axisLabel": {"width": 200, "overflow": "truncate"}, "axisTick": {"show": False}},
        "series": [{"type": "bar", "data": data, "barMaxWidth": 22, "silent": True}],
    }  # fmt: skip
    chart = ECHART(options, renderer="svg").classes("wb-chart wb-bars").style(f"height: {40 + 28 * len(drawn)}px")
    chart.props["role"] = "img"
    chart.props["aria-label"] = f"{title}：" + "，".join(f"{name} {grouped(change)}" for name, change in drawn)
