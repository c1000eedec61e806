"""What went wrong, with its place and its cure, as the command line says it."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from engine.assist.rename import NotRenamed
from engine.drafts import ChangedMeanwhile, KeptMeanwhile
from engine.excel.grid import Refused
from engine.files.errors import DataError, RunStopped, why
from engine.pricing.problems import CannotPrice
from engine.rulebook.problems import Problem, RulebookError
from engine.workbench.shows.places import short_place, short_text, shown_place

OURS = (
    DataError, RunStopped, CannotPrice, NotRenamed, Refused, KeptMeanwhile, ChangedMeanwhile,
)  # fmt: skip
MOST_PROBLEMS = 100
"""That are shown at once: a page of a hundred thousand would not open."""
MISTAKE = "程序出错了，这一步没有做成：启动工作台的窗口里有详情，请报告"


def words_of(error: Exception) -> str:
    """What was raised as a sentence (Chinese); of a mistake of the program that it is one."""
    return short_text(_words_of(error))


def _words_of(error: Exception) -> str:
    if isinstance(error, RulebookError):
        one = error.problems[0]
        return f"规则有错：{short_place(str(one.place))} {one.message}"
    if isinstance(error, OSError):
        return f"{error.filename}：{why(error)}" if error.filename else why(error)
    if not isinstance(error, OURS):
        return MISTAKE
    message, hint = getattr(error, "message", str(error)), getattr(error, "hint", "")
    return f"{message}（{hint}）" if hint else message


def tell(what: str) -> None:
    """A message that stays until it is read."""
    ui.notify(what, type="negative", timeout=0, close_button="知道了")


def show_line(text: str, style: str) -> None:
    """With files by their short names; in full where the pointer rests."""
    said = short_text(text)
    label = ui.label(said).classes(style)
    if said != text:
        label.props["title"] = text


def show_trouble(message: str, details: Sequence[str] = (), hint: str = "") -> None:
    """A stop: what, where, and what to do."""
    with ui.element("section").classes("wb-trouble").props("role=alert"):
        show_line(message, "wb-trouble-what")
        for line in details[:MOST_PROBLEMS]:
            show_line(line, "wb-detail")
        if len(details) > MOST_PROBLEMS:
            ui.label(f"还有 {len(details) - MOST_PROBLEMS} 行").classes("wb-quiet")
        if hint:
            show_line(f"→ {hint}", "wb-hint")


def show_data_errors(error: DataError) -> None:
    """Each of several by itself."""
    for one in getattr(error, "errors", (error,))[:MOST_PROBLEMS]:
        show_trouble(one.message, hint=one.hint)


def show_problems(problems: Sequence[Problem]) -> None:
    """Problems of rules."""
    with ui.element("section").classes("wb-trouble").props("role=alert"):
        errors = sum(problem.is_error for problem in problems)
        ui.label(f"规则有 {errors} 个错误" if errors else f"规则有 {len(problems)} 个提醒").classes("wb-trouble-what")
        for problem in problems[:MOST_PROBLEMS]:
            with ui.element("div").classes("wb-problem"):
                place = str(problem.place)
                said = ui.label(f"{short_place(place)} {problem.code} {short_text(problem.message)}")
                said.props["title"] = shown_place(place)
                if problem.excerpt:
                    ui.label(problem.excerpt).classes("wb-excerpt")
                if problem.hint:
                    show_line(f"→ {problem.hint}", "wb-hint")
        if len(problems) > MOST_PROBLEMS:
            ui.label(f"还有 {len(problems) - MOST_PROBLEMS} 个：先改好上面的，或运行 casemix check 看全部").classes(
                "wb-quiet"
            )
