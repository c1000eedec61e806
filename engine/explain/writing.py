"""What every step says of its entry: article, status, note, layer, place, unit."""

from __future__ import annotations

import datetime

from engine.execute.reference.execution import Execution
from engine.explain.steps import Step
from engine.language.types import Kind, Type
from engine.language.values import Unresolved
from engine.rulebook.bind import BindError
from engine.rulebook.model import OFFICIAL, Provenance


def about(step: Step, provenance: Provenance, day: datetime.date) -> Step:
    """``day``: on which it is read."""
    step.cite, step.note, step.layer = provenance.cite, provenance.note, provenance.layer
    step.status = "" if provenance.status == OFFICIAL else provenance.status
    step.place = str(provenance.place)
    if provenance.is_retroactive_on(day):
        step.retroactive = provenance.retroactive_text
    return step


def about_part(step: Step, provenance: Provenance) -> None:
    """The article of the branch or table row that was taken, where it has one of its own."""
    step.cite = provenance.cite or step.cite
    step.note = provenance.note or step.note
    step.status = provenance.status if provenance.status != OFFICIAL else step.status


def unit(type_: Type | None) -> str:
    return str(type_.unit) if type_ is not None and type_.kind is Kind.NUMBER and type_.unit.powers else ""


def unit_of_rule(execution: Execution, name: str, day: datetime.date) -> str:
    try:
        return unit(execution.days.binder(day).rule_type(name))
    except (BindError, Unresolved):
        return ""
