"""Dialogs that are called by what stands at their top."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui


@contextmanager
def dialog_called(title: str, *, style: str = "wb-save-dialog", stays: bool = False) -> Iterator[ui.dialog]:
    """What is made within is below the title. ``stays``: a click beside it does not close it."""
    with ui.dialog() as dialog, ui.card().classes(style):
        dialog.props["aria-label"] = title
        if stays:
            dialog.props("persistent")
        ui.label(title).classes("wb-title").props("role=heading aria-level=2")
        yield dialog
