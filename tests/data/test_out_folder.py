"""The folder appears whole or not at all."""

import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from fields import TEXT, number

from engine.data import swap
from engine.data.columns import OutColumn
from engine.data.write import OutFolder
from engine.files.errors import DataError

ROOT = Path(__file__).parents[2]
COLUMNS = [OutColumn("k", "k", TEXT, key=True), OutColumn("v", "v", number(), 2)]


def run(target, value=1, **more):
    with OutFolder(target, **more) as out:
        out.statement("表", COLUMNS, [["a", Fraction(value)]])
        out.run_json({"value": value})


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def held_by_another(target):
    """A process that is in the middle of writing ``target``, and would stay there."""
    program = (
        "import sys, time; from engine.data.write import OutFolder\n"
        f"with OutFolder({str(target)!r}, replace=True) as out:\n"
        "    out.file('statements', 'x').write_bytes(b'half'); print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    return process


def killed(process):
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_nothing_but_the_folder_is_left(tmp_path):
    run(tmp_path / "深" / "out")
    assert names(tmp_path / "深") == ["out"] and names(tmp_path / "深" / "out") == ["run.json", "statements"]


def test_a_run_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), OutFolder(tmp_path / "out") as out:
        out.statement("表", COLUMNS, [])
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_a_run_without_run_json_is_a_mistake(tmp_path):
    with pytest.raises(RuntimeError), OutFolder(tmp_path / "out"):
        pass
    assert names(tmp_path) == []


def test_a_killed_run_leaves_nothing_at_the_target_and_the_next_cleans_up(tmp_path):
    killed(held_by_another(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    assert any(name.startswith(".out.partial-") for name in names(tmp_path))
    run(tmp_path / "out")
    assert names(tmp_path) == ["out"]


def test_a_killed_run_leaves_the_former_result_whole(tmp_path):
    run(tmp_path / "out")
    killed(held_by_another(tmp_path / "out"))
    assert names(tmp_path / "out" / "statements") == ["表.parquet"]


def test_a_second_run_into_one_folder_is_refused(tmp_path):
    process = held_by_another(tmp_path / "out")
    try:
        with pytest.raises(DataError, match="另一次运行正在写"):
            run(tmp_path / "out")
        run(tmp_path / "out2")
    finally:
        killed(process)
    assert names(tmp_path / "out2") == ["run.json", "statements"]


def test_a_former_result_is_replaced_only_on_request(tmp_path):
    run(tmp_path / "out", 1)
    with pytest.raises(DataError, match="已有一次运行的结果"):
        run(tmp_path / "out", 2)
    run(tmp_path / "out", 2, replace=True)
    assert '"value": 2' in (tmp_path / "out" / "run.json").read_text() and names(tmp_path) == ["out"]


def test_an_empty_folder_may_be_written_into(tmp_path):
    (tmp_path / "out").mkdir()
    run(tmp_path / "out")
    assert names(tmp_path / "out") == ["run.json", "statements"]


@pytest.mark.parametrize("prepare", ["stranger", "file", "foreign_run"])
def test_what_no_run_wrote_is_never_removed(tmp_path, prepare):
    target = tmp_path / "out"
    if prepare == "file":
        target.write_text("x")
    elif prepare == "foreign_run":
        target.mkdir()
        (target / "run.json").write_text("{}")
    else:
        run(target)
        (target / "statements" / "批注.docx").write_text("x")
    with pytest.raises(DataError):
        run(target, replace=True)
    assert target.exists() and names(tmp_path) == ["out"]


def test_a_link_is_followed_so_the_folder_behind_it_is_replaced(tmp_path):
    run(tmp_path / "real", 1)
    (tmp_path / "out").symlink_to(tmp_path / "real")
    run(tmp_path / "out", 2, replace=True)
    assert (tmp_path / "out").is_symlink() and '"value": 2' in (tmp_path / "real" / "run.json").read_text()


def test_without_atomic_exchange_two_renames_do_and_a_crash_between_them_is_mended(tmp_path, monkeypatch):
    monkeypatch.setattr(swap.system, "exchange", lambda one, other: False)
    run(tmp_path / "out", 1)
    run(tmp_path / "out", 2, replace=True)
    assert '"value": 2' in (tmp_path / "out" / "run.json").read_text() and names(tmp_path) == ["out"]
    (tmp_path / "out").rename(tmp_path / ".out.old-0123456789ab")
    with pytest.raises(DataError, match="已有一次运行的结果"):
        run(tmp_path / "out", 3)
    assert names(tmp_path) == ["out"]


@pytest.mark.slow
def test_a_reader_always_finds_a_whole_result_while_it_is_replaced(tmp_path):
    target = tmp_path / "out"
    run(target)
    program = (
        "import sys; sys.path.insert(0, 'tests/data'); from test_out_folder import run\n"
        f"for value in range(15): run({str(target)!r}, value, replace=True)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    end = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < end:
        folder = os.open(target, os.O_RDONLY)
        os.close(folder)
    assert process.wait() == 0


# what is not ours


def placed(folder, name, text="mine"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "name",
    [".out.old-0123456789ab/a.txt", ".out.partial-0123456789ab/a.txt", ".out.partial-notes/a.txt", ".out.old-2024/a",
     ".out.partial-0123456789ab/.casemix", ".out.lock", ".out.old-0123456789ab/run.json"],
)  # fmt: skip
def test_neighbours_that_no_run_made_stay_as_they_are(tmp_path, name):
    theirs = placed(tmp_path, name, '{"files": ["run.json"]}')
    run(tmp_path / "out", 1)
    run(tmp_path / "out", 2, replace=True)
    assert theirs.read_text() == '{"files": ["run.json"]}'
    assert names(tmp_path) == sorted([Path(name).parts[0], "out"])


def test_what_others_put_into_the_leftover_of_a_killed_run_stays(tmp_path):
    killed(held_by_another(tmp_path / "out"))
    (left,) = tmp_path.glob(".out.partial-*")
    theirs = placed(left, "statements/notes.txt")
    run(tmp_path / "out")
    assert theirs.read_text() == "mine" and [path.name for path in left.rglob("*")] == ["statements", "notes.txt"]


def test_somebody_elses_file_by_the_name_of_the_lock_is_told(tmp_path):
    theirs = placed(tmp_path, ".out.casemix-lock", "something else")
    with pytest.raises(DataError, match="不是 casemix 的文件"):
        run(tmp_path / "out")
    assert theirs.read_text() == "something else" and names(tmp_path) == [".out.casemix-lock"]


@pytest.mark.parametrize("mark", ["", '"written_by": "another tool", '])
def test_a_foreign_folder_that_also_has_a_run_json_is_not_replaced(tmp_path, mark):
    theirs = placed(tmp_path, "out/thesis.docx")
    placed(tmp_path, "out/run.json", f'{{{mark}"files": ["thesis.docx", "run.json"], "files_sha256": {{}}}}')
    with pytest.raises(DataError, match="不是这一版 casemix 写的：看不出哪些文件是它的"):
        run(tmp_path / "out", replace=True)
    assert theirs.read_text() == "mine"


def test_a_statement_that_somebody_worked_on_is_not_replaced(tmp_path):
    run(tmp_path / "out", 1)
    theirs = placed(tmp_path, "out/statements/表.parquet", "worked on")
    with pytest.raises(DataError, match="改动过的文件.*表.parquet"):
        run(tmp_path / "out", 2, replace=True)
    assert theirs.read_text() == "worked on"
    theirs.unlink()  # what is not wanted any more
    run(tmp_path / "out", 2, replace=True)


def test_a_file_put_into_the_folder_while_it_is_built_is_not_adopted(tmp_path):
    with pytest.raises(DataError, match="有人往 .*note.txt"), OutFolder(tmp_path / "out") as out:
        (building,) = tmp_path.glob(".out.partial-*")
        theirs = placed(building, "statements/note.txt")
        out.statement("表", COLUMNS, [])
        out.run_json({})
    assert theirs.read_text() == "mine" and not (tmp_path / "out").exists()
    run(tmp_path / "out")
    assert theirs.exists()
