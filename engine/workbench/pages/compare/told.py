"""What two results come to, in words; what they are of and where that differs, with the digests folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nicegui import ui

from engine.compare.compared import Comparison
from engine.compare.effect import Effect, in_words
from engine.compare.runs import is_digest
from engine.workbench.shows.tables import show_table
from engine.workbench.shows.units import Units, grouped, most_grouped, titled


def show_effect(said: Comparison, units: Mapping[str, Units]) -> None:
    if not said.differs:
        ui.label("两边的数完全一样，一行也没有变。").classes("wb-good")
        return
    lines = in_words(_as_read(said.effect, units))
    lines += [
        f"{table} {state}的行：{grouped(before)} → {grouped(after)}" for table, state, before, after in said.moved
    ]
    lines += ["所有的数都一样，只有报表有多有少。"] if not lines else []
    with ui.element("ul").classes("wb-list wb-effect"):
        for line in lines:
            with ui.element("li"):
                ui.label(line)
    ui.label(f"{len(said.found)} 张报表不同，{said.same} 张相同").classes("wb-quiet")


def _as_read(effect: Effect, units: Mapping[str, Units]) -> Effect:
    """With units, and figures grouped."""
    one = effect.headline
    if one is not None:
        more, less = (side._replace(change=grouped(side.change)) for side in (one.more, one.less))
        one = replace(
            one, column=titled(one.column, units.get(one.statement, {})), before=grouped(one.before),
            after=grouped(one.after), difference=grouped(one.difference), more=more, less=less,
        )  # fmt: skip
    rates = tuple(
        rate._replace(column=titled(rate.column, units.get(rate.statement, {})), most=most_grouped(rate.most))
        for rate in effect.rates
    )
    return replace(effect, headline=one, rates=rates)


def show_heads(said: Comparison, sides: list[str]) -> None:
    """What the two are of: in words what is the same and what is not, then what each says of itself."""
    plain = [[what, *texts] for what, texts in said.heads if not is_digest(what)]
    digests = [[what, *texts] for what, texts in said.heads if is_digest(what)]
    if plain:
        show_table(["不同", *sides], plain)
    if digests:
        names = "、".join(what for what, *_ in digests)
        alone = "只有" if not plain else ""
        with ui.expansion(f"两边{alone}{names}不同：它们的摘要").classes("wb-technical"):
            show_table(["摘要", *sides], digests)
