"""docs/handbook/: what it tells its reader to write and to run gives what it shows, from the first chapter to the last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.handbook import HANDBOOK, Desk, chapters, steps
from tests.docs.pages import Command, dead_links

REFUSED = re.compile("^✗|^停止|没有例子 [1-9]|没有结算|已有一次运行的结果|缺少列")


def test_every_step_gives_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one go, because each chapter goes on where the one before it ended."""
    monkeypatch.chdir(tmp_path)
    desk, differs, run = Desk(tmp_path), [], 0
    for chapter in chapters():
        for step in steps(chapter):
            if not isinstance(step, Command):
                desk.does(step)
                continue
            code, printed = step.printed(monkeypatch)
            missing, refused = step.not_printed(printed), any(REFUSED.search(line) for line in printed)
            if missing or not step.shown or code != int(refused):
                differs.append((chapter.name, step.line, code, missing or printed[-3:]))
            run += 1
    assert not differs, "\n".join(f"{name}: {line} ({code}) {missing}" for name, line, code, missing in differs)
    assert run > 40


def test_the_table_of_contents_has_every_chapter() -> None:
    listed = re.findall(r"\]\((\d\d-[^)]+\.md)\)", (HANDBOOK / "README.md").read_text("utf-8"))
    assert listed == [chapter.name for chapter in chapters()]
    assert [chapter.name[:2] for chapter in chapters()] == [f"{number:02}" for number in range(1, len(listed) + 1)]


@pytest.mark.parametrize("page", ["README.md", *(chapter.name for chapter in chapters())])
def test_a_page_has_one_title_and_no_dead_link(page: str) -> None:
    text = (HANDBOOK / page).read_text("utf-8")
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)) == 1
    assert dead_links(HANDBOOK / page) == []
