"""A check that was made is remembered for the next process: only while files, engine and Python are the same, and only
from a folder that nobody else can write into.
"""

import ast
import hashlib
import json
import os
import re
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine import checked
from engine.check import check_book
from engine.checked import problems_of
from engine.files import system
from engine.files.named_files import DISK
from engine.remembered import engine_key, folder
from engine.rulebook import checked_file
from engine.rulebook.book import load
from tests.check import checked_city
from tests.test_architecture import imported_files

RULES = """\
单价: {单位: 元, 取值: {施行: 10}}
票价: {粒度: 行程, 公式: 里程 × 单价 × 7, 舍入: 2}
票价表: {粒度: 行程, 列: {编号: 编号, 票价: 票价}}
月结: {期间: 月, 报表: [票价表]}
"""


@pytest.fixture()
def cache(tmp_path, monkeypatch):
    place = tmp_path / "cache"
    monkeypatch.setenv(folder.SWITCH, str(place))
    return place


@pytest.fixture()
def city(tmp_path):
    place = tmp_path / "city"
    place.mkdir()
    checked_city.written(place, RULES)
    return place


@pytest.fixture()
def checks(monkeypatch):
    """How often a check was made in earnest."""
    made = []

    def counted(book):
        made.append(book)
        return check_book(book)

    monkeypatch.setattr("engine.check.check_book", counted)
    return made


def told(city):
    return [(p, p.excerpt) for p in problems_of(load(city))]


def the_record(cache) -> Path:
    (only,) = cache.iterdir()
    return only


def test_a_second_check_of_the_same_files_is_remembered_with_every_problem(city, cache, checks):
    (city / "rules.yaml").write_text(checked_city.TABLES + RULES.replace("里程", "里数"), "utf-8")
    first, second = told(city), told(city)
    assert "E303" in [p.code for p, _ in first]
    assert second == first == [(p, p.excerpt) for p in check_book(load(city))]
    assert len(checks) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda city: (city / "rules.yaml").write_text(checked_city.TABLES + RULES.replace("10", "11"), "utf-8"),
        lambda city: (city / "new.yaml").write_text("旧价: {单位: 元, 取值: {施行: 9}}\n", "utf-8"),
        lambda city: (city / "rules.yaml").rename(city / "other.yaml"),
        lambda city: (city / "沿用核对.json").write_text("{}", "utf-8"),
        lambda city: (city / "tests").mkdir(),
    ],
    ids=["edited", "added", "renamed", "looked for in vain and there now", "a folder more"],
)
def test_what_was_read_or_looked_for_must_be_the_same(city, cache, checks, change):
    told(city)
    change(city)
    now = told(city)
    assert len(checks) == 2
    assert [p for p, _ in now] == check_book(load(city))


def test_a_file_of_rows_counts_among_what_was_read(city, cache, checks):
    rows = "价目: {主键: 车号, 字段: {车号: 文本, 价: 元}, 行: 价目.csv}\n"
    (city / "rules.yaml").write_text(checked_city.TABLES + RULES + rows, "utf-8")
    (city / "价目.csv").write_text("车号,价\n1,2.00\n", "utf-8")
    told(city)
    (city / "价目.csv").write_text("车号,价\n1,x.00\n", "utf-8")
    assert "E314" in [p.code for p, _ in told(city)]


def test_contents_count_and_not_times(city, cache, checks):
    told(city)
    os.utime(city / "rules.yaml", ns=(1, 1))
    told(city)
    assert len(checks) == 1


@pytest.mark.parametrize("part", range(len(engine_key.engine_key())))
def test_another_engine_python_or_library_does_not_know_it(city, cache, checks, monkeypatch, part):
    told(city)
    other = [*engine_key.engine_key()]
    other[part] += "x"
    monkeypatch.setattr(checked, "engine_key", lambda: tuple(other))
    told(city)
    assert len(checks) == 2


def test_a_change_of_the_sources_changes_the_key(tmp_path):
    (tmp_path / "check").mkdir()
    (tmp_path / "check" / "all.py").write_text("a")
    before = engine_key._hash_of_sources(tmp_path)
    (tmp_path / "check" / "all.py").write_text("b")
    assert engine_key._hash_of_sources(tmp_path) != before


def reached_by_a_check() -> set[str]:
    needs, waiting, seen = imported_files(), ["engine.check.all", "engine.rulebook.book", "engine.checked"], set()
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += needs[module]
    return seen


def test_the_sources_that_count_are_all_that_a_check_imports():
    packages = {module.split(".")[1] for module in reached_by_a_check() if "." in module}
    assert packages <= {source.removesuffix(".py") for source in engine_key.SOURCES}


def test_the_libraries_that_count_are_all_that_a_check_imports():
    root, found = Path(engine_key.ROOT).parent, set()
    for module in reached_by_a_check():
        path = root.joinpath(*module.split("."))
        for node in ast.walk(
            ast.parse((path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text())
        ):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    assert found - sys.stdlib_module_names - {"engine"} == set(engine_key._LIBRARIES)


def test_the_folder_is_the_users_alone_and_so_is_each_file(city, cache):
    told(city)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(the_record(cache).stat().st_mode) == 0o600


def test_it_lies_where_caches_do(monkeypatch, tmp_path):
    monkeypatch.delenv(folder.SWITCH)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert folder.folder() == tmp_path / "casemix"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert folder.folder() == tmp_path / "home" / ".cache" / "casemix"


def test_it_can_be_turned_off(city, cache, checks, monkeypatch):
    monkeypatch.setenv(folder.SWITCH, "off")
    told(city), told(city)
    assert len(checks) == 2
    assert not cache.exists()


def spoilt(data: bytes) -> list[bytes]:
    head, body = data.split(b"\n", 1)
    said = json.loads(body)
    return [
        b"", data[:100], data[: len(data) // 2], data[:-1], data.replace(b"W901", b"W902"), b"\xff" * 50,
        head + b"\n{}", head + b"\n" + json.dumps([said[0], said[1], []]).encode(), b"[" * 100_000,
    ]  # fmt: skip


def test_a_broken_record_is_none_and_is_written_anew(city, cache, checks):
    right = told(city)
    whole = the_record(cache).read_bytes()
    for number, data in enumerate(spoilt(whole), 2):
        the_record(cache).write_bytes(data)
        assert told(city) == right
        assert len(checks) == number
        assert the_record(cache).read_bytes() == whole


def signed(said: object) -> bytes:
    body = json.dumps(said).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def test_a_record_of_something_else_or_of_odd_parts_is_none(city, cache, checks):
    right = told(city)
    key, asked, found = json.loads(the_record(cache).read_bytes().split(b"\n", 1)[1])
    odd = [
        ["other", asked, []], [key, [], []], [key, asked, [[1, 2, 3]]],
        [key, asked, [["E1", "f", True, 1, "", "", ""]]],
        [key, [["pickle", "/etc/passwd", "x"]], []], [key, [["read", "\0", "x"]], []], [key, [[1, 2, 3]], []], 7, None,
    ]  # fmt: skip
    for number, said in enumerate(odd, 2):
        the_record(cache).write_bytes(signed(said))
        assert told(city) == right
        assert len(checks) == number
    assert len(found) == len(right)


needs_owners = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners here")


@needs_owners
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
def test_a_folder_that_others_may_open_is_not_used(city, cache, checks, mode):
    told(city)
    cache.chmod(mode)
    before = the_record(cache).stat()
    told(city)
    assert len(checks) == 2
    assert the_record(cache).stat() == before


@needs_owners
@pytest.mark.parametrize("mode", [0o644, 0o660, 0o602])
def test_a_record_that_others_may_read_or_write_is_none_and_is_written_anew(city, cache, checks, mode):
    told(city)
    the_record(cache).chmod(mode)
    told(city)
    assert len(checks) == 2
    assert stat.S_IMODE(the_record(cache).stat().st_mode) == 0o600


@needs_owners
def test_a_folder_of_another_owner_is_not_used(city, cache, checks, monkeypatch):
    told(city)
    monkeypatch.setattr(os, "geteuid", lambda: os.stat(cache).st_uid + 1)
    told(city)
    assert len(checks) == 2


@needs_owners
def test_links_are_not_followed(city, cache, checks, tmp_path):
    told(city)
    record = the_record(cache)
    elsewhere = tmp_path / "elsewhere.json"
    record.rename(elsewhere)
    record.symlink_to(elsewhere)
    told(city)
    assert len(checks) == 2
    assert not record.is_symlink()
    moved = tmp_path / "moved"
    cache.rename(moved)
    cache.symlink_to(moved)
    told(city)
    assert len(checks) == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_the_place_of_a_record_is_not_waited_for(city, cache, checks):
    told(city)
    record = the_record(cache)
    record.unlink()
    os.mkfifo(record, 0o600)
    told(city)
    assert len(checks) == 2
    assert record.is_file()


def test_a_folder_that_cannot_be_made_or_written_is_done_without(city, tmp_path, checks, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(folder.SWITCH, str(tmp_path / "file" / "cache"))
    right = told(city)
    monkeypatch.setenv(folder.SWITCH, str(tmp_path / "full"))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "private_whole", full)
    assert told(city) == right


def test_it_is_bounded(cache, monkeypatch):
    monkeypatch.setattr(folder, "MOST_FILES", 5)
    for number in range(9):
        folder.keep(f"{number}.json", b"x")
        os.utime(cache / f"{number}.json", ns=(number, number))
    assert sorted(path.name for path in cache.iterdir()) == [f"{n}.json" for n in (4, 5, 6, 7, 8)]
    folder.keep("large.json", b"x" * (folder.MOST_BYTES + 1))
    assert not (cache / "large.json").exists()


def test_what_a_process_that_was_ended_left_behind_is_removed(cache):
    folder.keep("a.json", b"x")
    (cache / ".b.json-half").write_bytes(b"x")
    os.utime(cache / ".b.json-half", (1, 1))
    folder.keep("a.json", b"x")
    assert [path.name for path in cache.iterdir()] == ["a.json"]


def test_several_at_once_leave_one_whole_record(city, cache):
    book = load(city)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: problems_of(load(city)), range(24)))
    assert all(one == check_book(book) for one in found)
    assert system.read_private(the_record(cache), folder.MOST_BYTES)


def test_a_region_that_is_changed_while_it_is_checked_is_not_remembered(city, cache, checks, monkeypatch):
    book = load(city)
    (city / "rules.yaml").write_text("x: 1\n", "utf-8")
    book.files.read(city / "rules.yaml")
    problems_of(book)
    assert not cache.exists() or not list(cache.iterdir())


def test_what_the_command_prints_is_the_same_remembered_or_not(city, cache, checks):
    from click.testing import CliRunner

    from engine.commands.check import command

    shown = [CliRunner().invoke(command, [str(city)]).output for _ in range(2)]
    assert len(checks) == 1
    assert shown[0] == shown[1] and re.search("W901", shown[0])


def test_a_region_whose_check_is_remembered_is_read_without_looking_at_its_shape_again(city, cache, monkeypatch):
    (city / "rules.yaml").write_text(checked_city.TABLES + RULES + "错: {粒度: 行程, 公试: 1}\n", "utf-8")
    found = problems_of(checked.load(city))
    assert "E120" in [p.code for p in found]
    monkeypatch.setattr(checked_file, "_read", checked_file._read.__wrapped__)
    monkeypatch.setattr(checked_file, "check_rules_file", None)
    again = checked.load(city)
    assert problems_of(again) == found
    assert [layer.name for layer in again.layers] == ["city"]


def test_what_is_written_while_it_is_read_again_is_not_taken_for_what_was_checked(city, cache, monkeypatch):
    problems_of(checked.load(city))
    right = checked.load_book

    def late(located, files=DISK, told=None):
        if told is not None:
            (city / "rules.yaml").write_text(checked_city.TABLES + RULES.replace("里程", "里数"), "utf-8")
        return right(located, files, told)

    monkeypatch.setattr(checked, "load_book", late)
    assert "E303" in [p.code for p in problems_of(checked.load(city))]
