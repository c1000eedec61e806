"""docs/handbook/: what it tells its reader to write and to run gives what it shows, from first chapter to last."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.handbook import HANDBOOK, Change, Desk, Unclear, chapters, steps
from tests.docs.pages import ROOT, Command, dead_links

REFUSED = re.compile(
    "^✗|^停止|没有例子 [1-9]|没有结算|没有这一条|字句变了|✗ 没有写入|已有一次运行的结果|缺少列|两边都有而不同的"
    "|^要重排| L[0-9]{3} "
)
"""What stands in the output of a command that was refused or found something: its exit code is 1."""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """The reader's folder after the last chapter, and where what came out was not what is shown.

    In one go, because each chapter goes on where the one before it ended.
    """
    folder, differs = tmp_path_factory.mktemp("desk"), []
    desk = Desk(folder)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        for chapter in chapters():
            for step in steps(chapter):
                if isinstance(step, Command):
                    differs += [f"{chapter.name}: {step.line}: {why}" for why in wrong(step, monkeypatch)]
                else:
                    desk.does(step)
        yield folder, differs


def wrong(command: Command, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a command does otherwise than it is shown to."""
    if not command.shown:
        return ["nothing is shown"]
    code, printed = command.printed(monkeypatch)
    missing = command.not_printed(printed)
    refused = any(REFUSED.search(line) for line in printed)
    return missing + ([f"exit code {code}, {printed[-3:]}"] if code != int(refused) else [])


@pytest.mark.slow
def test_every_step_gives_what_is_shown(work: tuple[Path, list[str]]) -> None:
    assert not work[1], "\n".join(work[1])


@pytest.mark.slow
def test_the_digests_tell_which_statements_a_draft_changes(work: tuple[Path, list[str]]) -> None:
    law, draft = (
        json.loads((work[0] / "结果" / name / "run.json").read_text("utf-8"))["digests"]
        for name in ("2025-通知后", "草案")
    )
    assert {name for name in law if law[name] != draft[name]} == {"基金池表", "结算表", "病例明细"}
    assert (work[0] / "结果" / "草案" / "statements" / "示例-结算表.xlsx").exists()


def test_there_are_commands_of_every_kind_and_mistakes() -> None:
    found = [step for chapter in chapters() for step in steps(chapter)]
    lines = [step.line.split()[0] for step in found if isinstance(step, Command)]
    assert set(lines) == {
        "new",
        "check",
        "test",
        "show",
        "run",
        "synth",
        "explain",
        "text",
        "articles",
        "format",
        "lint",
        "tables",
        "compare",
        "lists",
    }
    assert len(lines) >= 60
    shown = "\n".join("\n".join(step.shown) for step in found if isinstance(step, Command))
    assert {"E106", "E206", "E207", "E303", "E402", "E601", "E701", "E706"} <= set(re.findall(r"\b[EW]\d{3}\b", shown))


def test_the_table_of_contents_has_every_chapter() -> None:
    listed = re.findall(r"\]\((\d\d-[^)]+\.md)\)", (HANDBOOK / "README.md").read_text("utf-8"))
    assert listed == [chapter.name for chapter in chapters()]
    assert [chapter.name[:2] for chapter in chapters()] == [f"{number:02}" for number in range(1, len(listed) + 1)]


def in_words(number: int) -> str:
    """Below a hundred, as headings write it."""
    tens, ones = divmod(number, 10)
    digits = " 一二三四五六七八九"
    ten = "" if not tens else "十" if tens == 1 else f"{digits[tens]}十"
    return f"{ten}{digits[ones]}".strip()


def test_a_chapter_is_called_by_its_number_in_words() -> None:
    found = [chapter.read_text("utf-8").split("、")[0] for chapter in chapters()]
    assert found == [f"# {in_words(number)}" for number in range(1, len(found) + 1)]


def test_the_modules_named_are_there() -> None:
    table = re.search(r"^## 共用的模块\n(.*?)^## ", chapters()[11].read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert table is not None
    named = re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\|([^|]*)\|", table[1], re.MULTILINE)))
    assert len(named) > 10
    assert [name for name in named if not (ROOT / "rules" / name / "module.yaml").exists()] == []


@pytest.mark.parametrize("page", ["README.md", *(chapter.name for chapter in chapters())])
def test_a_page_has_one_title_and_no_dead_link(page: str) -> None:
    text = (HANDBOOK / page).read_text("utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
    assert text.startswith("# ")
    assert dead_links(HANDBOOK / page) == []


@pytest.mark.parametrize(
    "change",
    [
        Change("新建", "a.yaml", "甲: 1\n"),
        Change("找到", "a.yaml", "乙: 1\n"),
        Change("删去", "a.yaml", "甲\n"),
        Change("末尾添上", "b.yaml", "乙: 1\n"),
        Change("改回", "a.yaml", ""),
    ],
)
def test_what_a_reader_could_not_do_is_found(tmp_path: Path, change: Change) -> None:
    (tmp_path / "a.yaml").write_text("甲: 1\n甲: 1\n", "utf-8")
    with pytest.raises(Unclear):
        Desk(tmp_path).does(change)


def test_an_output_that_is_not_what_comes_out_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, printed = Command("show 没有", ()).printed(monkeypatch)
    assert code == 1
    assert Command("show 没有", tuple(printed)).not_printed(printed) == []
    assert Command("show 没有", tuple(printed[:-1])).not_printed(printed) != []
    assert Command("show 没有", ("…", printed[-1])).not_printed(printed) == []
    assert Command("show 没有", (printed[-1],)).not_printed(printed) == [printed[-1]]
    assert Command("show 没有", (*printed, "多的")).not_printed(printed) != []
