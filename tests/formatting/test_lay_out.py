"""One way to lay a rules file out; what it says, its order and its comments stay."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cli import main
from engine.formatting.formulas import evenly
from engine.formatting.lay_out import laid_out
from engine.formatting.remarks import NotLaidOut, remarks_of
from engine.rulebook.nodes import Mapping, Scalar
from engine.rulebook.source import read_text
from engine.rulebook.spans import written

ROOT = Path(__file__).parents[2]
CASES = yaml.safe_load((Path(__file__).parent / "laid_out.yaml").read_text("utf-8"))
SHIPPED = sorted(path for folder in ("rules", "regions") for path in (ROOT / folder).rglob("*.yaml"))


@pytest.mark.parametrize("name", CASES)
def test_a_text_is_laid_out(name):
    before = CASES[name]["before"]
    after = CASES[name].get("after", before)
    assert laid_out(before) == after
    assert laid_out(after) == after


def test_lines_end_as_they_did_and_a_mark_at_the_start_goes():
    assert laid_out("\ufeff一:   1\r\n二: 2\r\n") == "一: 1\r\n二: 2\r\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [("一: |+\n  甲\n", "“|+”"), ("一: |2\n    甲\n", "“|2”"), ("一:\n  - - 甲\n", "列表里的列表"),
     ("一: {甲: }\n", "没有内容"),
     ("[甲]\n", "不是"), ("? 一\n: 二\n", "“?”"),
     ("一: {甲: \"一\\\n  二\"}\n", "几行")],
)  # fmt: skip
def test_what_could_not_be_written_again_is_left_with_the_reason(text, said):
    with pytest.raises(NotLaidOut) as left:
        laid_out(text)
    assert said in left.value.message


def test_the_last_line_of_a_file_need_not_end():
    assert laid_out("一:\n    说明: |\n      甲") == "一:\n  说明: |\n    甲\n"


NAMES = st.sampled_from(["甲", "乙", "病例费用", "“说 明”", "A1", "粒度", "公式", "分情形", "按", "表", "说明", "则"])
TEXTS = st.sampled_from(
    [
        "1",
        "a*b",
        "a  ÷ b",
        '"a,b"',
        '"甲 # 乙"',
        "甲 乙",
        "'它说'",
        "≤ 5",
        "2025-01-01",
        "50%",
        "较大( a,b )",
        '"[0, 1)"',
    ]
)


def trees(depth: int = 3):
    inner = trees(depth - 1) if depth else TEXTS
    keys = st.lists(NAMES, min_size=1, max_size=4, unique=True)
    mapping = keys.flatmap(lambda names: st.tuples(st.just("mapping"), *(st.tuples(st.just(n), inner) for n in names)))
    listing = st.lists(TEXTS, min_size=1, max_size=3).map(lambda items: ("list", *items))
    return st.one_of(TEXTS, mapping, listing) if depth else TEXTS


ROOTS = st.lists(NAMES, min_size=1, max_size=4, unique=True).flatmap(
    lambda names: st.tuples(st.just("mapping"), *(st.tuples(st.just(name), trees()) for name in names))
)


class Writer:
    """The same tree in some way that a person might write it."""

    def __init__(self, draw, flows: dict[tuple, bool]) -> None:
        self.draw, self.flows, self.remarks = draw, flows, 0

    def blanks(self, least: int = 0) -> str:
        return " " * self.draw(st.integers(least, 3))

    def remark(self, before: str) -> str:
        if self.draw(st.integers(0, 3)):
            return ""
        self.remarks += 1
        return f"{before}# 注{self.remarks}"

    def flow(self, tree) -> str:
        if isinstance(tree, str):
            return tree
        if tree[0] == "list":
            return f"[{self.blanks()}{f',{self.blanks(1)}'.join(tree[1:])}{self.blanks()}]"
        parts = (f"{name}:{self.blanks(1)}{self.flow(value)}" for name, value in tree[1:])
        return f"{{{self.blanks()}{f'{self.blanks()},{self.blanks()}'.join(parts)}{self.blanks()}}}"

    def block(self, tree, indent: str, path: tuple) -> list[str]:
        lines: list[str] = []
        if tree[0] == "list":
            step = self.blanks(1)
            return [f"{indent}-{step}{item}{self.remark('  ')}" for item in tree[1:]]
        for name, value in tree[1:]:
            if above := self.remark(indent):
                lines.append(above)
            lines += [""] * self.draw(st.integers(0, 2)) if path == () and lines else []
            if isinstance(value, str) or self.flows.setdefault((*path, name), self.draw(st.booleans())):
                lines.append(f"{indent}{name}:{self.blanks(1)}{self.flow(value)}{self.remark('   ')}")
            else:
                lines.append(f"{indent}{name}:{self.remark('  ')}")
                lines += self.block(value, indent + self.blanks(1) + " ", (*path, name))
        return lines


def said(node):
    if isinstance(node, Scalar):
        return evenly(node.text), node.quoted
    if isinstance(node, Mapping):
        return [(said(key), said(value)) for key, value in node]
    return [said(item) for item in node.items]


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(ROOTS, st.data())
def test_however_it_is_written_it_says_the_same_and_keeps_its_remarks(tree, data):
    text = "\n".join(Writer(data.draw, {}).block(tree, "", ())) + "\n"
    problems: list = []
    before = read_text(text, "甲", problems)
    if problems:
        return  # a formula as a name, a name of no use: not a matter of layout
    out = laid_out(text)
    assert said(read_text(out, "乙", problems)) == said(before)
    assert [one.text for one in remarks_of(out, written(out))] == [one.text for one in remarks_of(text, written(text))]
    assert laid_out(out) == out
    assert all(line == line.rstrip() for line in out.split("\n"))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(ROOTS, st.data())
def test_blanks_alone_make_no_difference(tree, data):
    class Quiet(Writer):
        def remark(self, before: str) -> str:
            return ""

        def block(self, tree, indent, path):
            return [line for line in super().block(tree, indent, path) if line]

    flows: dict = {}
    problems: list = []
    first = "\n".join(Quiet(data.draw, flows).block(tree, "", ())) + "\n"
    second = "\n".join(Quiet(data.draw, flows).block(tree, "", ())) + "\n"
    read_text(first, "甲", problems)
    assert problems or laid_out(first) == laid_out(second)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_shipped_file_is_laid_out(path):
    assert laid_out(path.read_text("utf-8")) == path.read_text("utf-8"), "casemix format rules regions"


def city(folder: Path) -> Path:
    (folder / "市").mkdir()
    (folder / "市" / "region.yaml").write_text("名称:   市\n施行: 2025-01-01\n", "utf-8")
    (folder / "市" / "坏.yaml").write_text("一: {\n", "utf-8")
    return folder / "市"


def test_the_command_writes_what_can_be_read_and_tells_the_rest(tmp_path):
    place = city(tmp_path)
    (tmp_path / "外.yaml").write_text("一:   1\n", "utf-8")
    (place / "连.yaml").symlink_to(tmp_path / "外.yaml")
    for asked_for in (["--check"], ["--diff"], ["--check", "--diff"]):
        asked = CliRunner().invoke(main, ["format", *asked_for, str(place)])
        assert asked.exit_code == 1
        assert "要重排" in asked.output and ("+名称: 市" in asked.output) == ("--diff" in asked_for)
        assert (place / "region.yaml").read_text("utf-8").startswith("名称:   市")
    done = CliRunner().invoke(main, ["format", str(place)])
    assert done.exit_code == 1 and "没有重排" in done.output and "2 个文件，1 个重排了，1 个没有动" in done.output
    assert (place / "region.yaml").read_text("utf-8").startswith("名称: 市\n")
    assert (tmp_path / "外.yaml").read_text("utf-8") == "一:   1\n"
    (place / "坏.yaml").unlink()
    again = CliRunner().invoke(main, ["format", "--check", str(place)])
    assert again.exit_code == 0 and "都已经排好" in again.output


def formatted(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["format", *map(str, arguments)])
    return done.exit_code, done.output


def test_a_link_stays_one_and_its_file_is_laid_out(tmp_path):
    real, link = tmp_path / "真.yaml", tmp_path / "连.yaml"
    real.write_text("一:   1\n", "utf-8")
    link.symlink_to("真.yaml")
    assert formatted(link)[0] == 0
    assert link.is_symlink() and real.read_text("utf-8") == "一: 1\n"


@pytest.mark.parametrize(
    ("name", "data", "mode", "said"),
    [
        ("只读.yaml", "一:   1\n".encode(), 0o444, "只读.yaml 是只读的"),
        ("国标.yaml", "一:   中\n".encode("gb18030"), 0o644, "看上去是 GB18030"),
        ("说明.txt", "一:   1\n".encode(), 0o644, "不是规则文件"),
        ("表.csv", "一:   1\n".encode(), 0o644, "不是规则文件"),
        ("重复.yaml", "一:   1\n一: 2\n".encode(), 0o644, "写了两次"),
        ("末尾.yaml", "一: |+\n   甲\n".encode(), 0o644, "不会重排"),
    ],
)
def test_a_file_that_is_not_laid_out_stays_byte_for_byte_and_says_why(tmp_path, name, data, mode, said):
    path = tmp_path / name
    path.write_bytes(data)
    path.chmod(mode)
    code, told = formatted(path)
    assert code == 1 and said in told and "1 个文件，1 个没有动" in told
    assert path.read_bytes() == data


def test_a_folder_without_rules_is_told(tmp_path):
    code, told = formatted(tmp_path)
    assert code == 1 and "没有规则文件" in told


def test_a_file_keeps_its_rights_and_a_failing_write_leaves_it(tmp_path, monkeypatch):
    path = tmp_path / "一.yaml"
    path.write_text("一:   1\n", "utf-8")
    path.chmod(0o640)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.replace", full)
        code, told = formatted(path)
    assert code != 0 and "磁盘" in told
    assert path.read_text("utf-8") == "一:   1\n" and list(tmp_path.iterdir()) == [path]
    assert formatted(path)[0] == 0
    assert path.read_text("utf-8") == "一: 1\n" and path.stat().st_mode & 0o777 == 0o640
