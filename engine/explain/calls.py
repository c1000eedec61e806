"""A step for each call that looks beyond its row: which function is explained where."""

from __future__ import annotations

from engine.explain.explains import Explains
from engine.explain.reading import Reading
from engine.explain.step_aggregate import aggregate
from engine.explain.step_along import along
from engine.explain.step_bands import bands
from engine.explain.step_days import working_days
from engine.explain.step_look_up import look_up
from engine.explain.step_previous import previous
from engine.explain.step_share import share
from engine.explain.step_window import rank, row_before, running
from engine.explain.steps import Step
from engine.language import tree

STEPS = {
    "取": look_up,
    "上期": previous,
    "名次": rank,
    "上一条": row_before,
    "累计": running,
    "沿": along,
    "逐段": bands,
    "分摊": share,
    "工作日数": working_days,
}
"""Functions with a step of their own kind; every other is an aggregate."""


def step_of_call(walk: Explains, reading: Reading, node: tree.Call) -> Step:
    return STEPS.get(node.function, aggregate)(walk, reading, node)
