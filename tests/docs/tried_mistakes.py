"""docs/tried-mistakes.md: ordinary mistakes, made one by one in a copy of a region, with what the tool says of each.

``python -m tests.docs.tried_mistakes`` writes the page anew.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import tempfile
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from click.testing import CliRunner

from engine.check import check_book
from engine.cli import main
from engine.rulebook.book import load
from tests.docs import data_mistakes
from tests.docs.pages import ROOT, without_folders

PAGE = ROOT / "docs" / "tried-mistakes.md"
MISTAKES = Path(__file__).with_name("tried_mistakes.yaml")
NEW_CITY, CHECK = "云溪", "check"
ANSWERS = "名称: 云溪市\n除外费用: 有\n"
MAX_SHOWN = 60


@dataclass(frozen=True)
class Mistake:
    """``edits``: file (its beginning will do), what stands there, what is written instead; an empty text is the whole.

    ``command``: what is run afterwards, on the copy.
    """

    name: str
    edits: tuple[tuple[str, str, str], ...]
    command: str
    written: str = ""
    region: str = field(default="jiyuan")


def mistakes() -> list[Mistake]:
    """Those of tried_mistakes.yaml, in its order."""
    found = []
    for region, entries in yaml.safe_load(MISTAKES.read_text("utf-8")).items():
        for name, entry in entries.items():
            edits = tuple(tuple(edit) for edit in entry["改"])

            found.append(Mistake(name, edits, entry.get("运行", CHECK), entry.get("写成", ""), region))  # type: ignore[arg-type]
    return found


class Desk:
    """A folder with copies of the two regions, in which one mistake after the other is made and taken back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with chdir(folder):
            Path("云溪.yaml").write_text(ANSWERS, "utf-8")
            done = CliRunner().invoke(main, ["new", NEW_CITY, "--answers", "云溪.yaml"])
            assert done.exit_code == 0, done.output
        shutil.copytree(ROOT / "regions" / "jiyuan", folder / "regions" / "jiyuan")
        shutil.copytree(folder / "regions", folder / "untouched")

    def said(self, mistake: Mistake) -> tuple[str, list[str]]:
        """What was written, and the lines that the tool prints of it."""
        place = self.folder / "regions" / mistake.region
        shutil.rmtree(place)
        shutil.copytree(self.folder / "untouched" / mistake.region, place)
        written = [_make(place, *edit) for edit in mistake.edits]
        with chdir(self.folder):
            said = _checked(place) if mistake.command == CHECK else _printed(mistake)
        return mistake.written or written[0], said


def _checked(place: Path) -> list[str]:
    """Errors and warnings, each as one sentence: place, number, message, cure."""
    found = []
    for problem in check_book(load(place)):
        where = without_folders(str(problem.place)).partition(f"{place.name}/")[2]
        told = without_folders(f"{problem.message}。{problem.hint}" if problem.hint else problem.message)
        found.append(f"{where} **{problem.code}** {told}")
    return found


def _printed(mistake: Mistake) -> list[str]:
    """What another command prints of it."""
    words = mistake.command.format(region=mistake.region).split()
    done = CliRunner(env={"COLUMNS": "1000", "NO_COLOR": "1", "TERM": "dumb"}).invoke(main, words, prog_name="casemix")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return [line.strip() for line in without_folders(done.output).splitlines() if line.strip()]


def _make(place: Path, name: str, old: str, new: str) -> str:
    """The mistake made; its line, as it was written."""
    if new.startswith("→ "):  # the file gets another name
        (path,) = [p for p in place.rglob("*") if p.name.startswith(name)]
        target = place / new.removeprefix("→ ")
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
        return target.relative_to(place).as_posix()
    found = sorted(p for p in place.rglob("*.yaml") if p.relative_to(place).as_posix().startswith(name))
    path = found[0] if found else place / name
    before = path.read_text("utf-8") if found else ""
    assert before.count(old) >= 1 or not old, f"{name}: {old}"
    after = before.replace(old, new, 1) if old else before + new
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(after, "utf-8")
    return _changed(before, after)


def _changed(before: str, after: str) -> str:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    put = [line[2:].strip() for line in lines if line.startswith("+ ") and line[2:].strip()]
    gone = [line[2:].strip() for line in lines if line.startswith("- ")]
    line = put[0] if put else f"（删去）{gone[0]}"
    return line if len(line) <= MAX_SHOWN else line[: MAX_SHOWN - 1] + "…"


def page(folder: Path) -> str:
    """The page, every mistake made once."""
    desk = Desk(folder)
    tables: dict[str, list[str]] = {}
    for mistake in mistakes():
        written, said = desk.said(mistake)
        told = "<br>".join(map(_cell, said)) or "（不是错误）"
        rows = tables.setdefault(mistake.region, [])
        rows.append(f"| {mistake.name} | `{_cell(written)}` | {told} |")
    for name, written, said in data_mistakes.rows(folder):
        told = "<br>".join(map(_cell, said))
        tables.setdefault(data_mistakes.DELIVERED, []).append(f"| {name} | `{_cell(written)}` | {told} |")
    head = "\n| 犯的错误 | 写成 | 说的话 |\n|---|---|---|\n"
    return HEAD + "".join(TITLES[region] + head + "\n".join(rows) + "\n" for region, rows in tables.items())


def without_lines(text: str) -> str:
    """The page without the numbers of lines, which change with every entry that a region writes above."""
    return re.sub(r":[0-9]+:[0-9]+|第 [0-9]+ 行", "", text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


HEAD = """# 试过的错误

每次犯一个平常的错误，再检查。第三列是 `casemix check`（例子的错误是 `casemix test`，数据的是 `casemix run`）真实
说的话：文件、行、列，编号，原因，怎样改；
看着它应能改好，不用问人。这一页由 `python -m tests.docs.tried_mistakes` 照实写出，有测试；行号是写出那一天的。
"""
TITLES = {
    "jiyuan": "\n## 在 regions/jiyuan 的一份抄本上\n",
    NEW_CITY: "\n## 在 `casemix new 云溪 --answers 云溪.yaml`（名称: 云溪市，除外费用: 有）新建的地区上\n",
    data_mistakes.DELIVERED: "\n## 在交来的数据里（`casemix run`；一个假想的地方，渡口和航次各一张表）\n",
}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        PAGE.write_text(page(Path(made)), "utf-8")
