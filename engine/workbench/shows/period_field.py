"""The field of a period: what has one meaning is taken and shown in its usual form, what has not is told beneath."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from engine.execute.period import usual_form


def period_field(value: str, changed: Callable[[str], None]) -> ui.input:
    """``changed`` is called with what stands there when the reader leaves it, in its usual form if it has one."""
    field = ui.input("期间", value=value, placeholder="2025-03").props("outlined dense")

    def left() -> None:
        text = (field.value or "").strip()
        try:
            text = usual_form(text) if text else ""
            field.error = None
        except ValueError as error:
            field.error = str(error)
        field.set_value(text)
        changed(text)

    field.on("keydown.enter", left)
    field.on("blur", left)
    return field
