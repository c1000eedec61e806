"""Scratch folders go with their process, or with the next one; nothing else does."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from engine.files import system
from engine.files.scratch import ScratchFolder, remove_dead_folders

ROOT = Path(__file__).parents[2]


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def owner_of_another(temporary):
    """A process with a scratch folder, which would stay; and the folder."""
    program = (
        "import time; from engine.files.scratch import ScratchFolder\n"
        "made = ScratchFolder(); open(made.name + '/stage.duckdb', 'w').write('x'); print(made.name, flush=True)\n"
        "time.sleep(60)"
    )
    env = {**os.environ, "TMPDIR": str(temporary)}
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    return process, Path(process.stdout.readline().strip())


def killed(process):
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_a_folder_is_gone_when_its_owner_is_done(temporary):
    folder = ScratchFolder()
    (Path(folder.name) / "stage.duckdb").write_text("x")
    folder.cleanup()
    assert list(temporary.iterdir()) == []


def test_a_killed_owners_folder_goes_with_the_next_and_a_living_ones_stays(temporary):
    process, folder = owner_of_another(temporary)
    ScratchFolder().cleanup()
    assert folder.is_dir()
    killed(process)
    assert folder.is_dir()
    ScratchFolder().cleanup()
    assert not folder.exists()


def test_nothing_else_is_removed(temporary):
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "owner").write_text("")
    (elsewhere / "mine").write_text("x")
    (temporary / "casemix-linked_1").symlink_to(elsewhere)
    (temporary / "casemix-notours1").mkdir()
    (temporary / "casemix-notours1" / "file").write_text("x")
    (temporary / "casemix-linkown1").mkdir()
    (temporary / "casemix-linkown1" / "owner").symlink_to(elsewhere / "owner")
    (temporary / "casemix-justmade").mkdir()
    (temporary / "casemix-pipe0001").mkdir()
    os.mkfifo(temporary / "casemix-pipe0001" / "owner")
    (temporary / "casemix-file0001").write_text("x")
    (temporary / "casemix-demo-abcdefgh").mkdir()
    before = sorted(path.relative_to(temporary) for path in temporary.rglob("*"))
    remove_dead_folders(temporary)
    assert sorted(path.relative_to(temporary) for path in temporary.rglob("*")) == before


def test_an_empty_folder_that_is_old_goes(temporary):
    folder = temporary / "casemix-oldempty"
    folder.mkdir()
    os.utime(folder, (time.time() - 7200, time.time() - 7200))
    remove_dead_folders(temporary)
    assert not folder.exists()


def test_a_folder_that_another_run_took_for_dead_before_it_was_locked_is_made_again(temporary, monkeypatch):
    lock, others = system.lock, []

    def late(handle):
        """Before the first folder is locked another run begins, which removes what is dead."""
        if not others:
            others.append(next(temporary.glob("casemix-*")))
            monkeypatch.setattr(system, "lock", lock)
            remove_dead_folders(temporary)
        return lock(handle)

    monkeypatch.setattr(system, "lock", late)
    folder = ScratchFolder()
    assert not others[0].exists() and Path(folder.name, "owner").is_file() and others[0] != Path(folder.name)
    remove_dead_folders(temporary)
    assert Path(folder.name, "owner").is_file()  # it is held
    folder.cleanup()
    assert list(temporary.iterdir()) == []


def test_where_nothing_can_be_locked_there_is_a_folder_all_the_same(temporary, monkeypatch):
    monkeypatch.setattr(system, "lock", lambda handle: False)
    folder = ScratchFolder()
    assert [Path(folder.name)] == list(temporary.iterdir())
    folder.cleanup()
    assert list(temporary.iterdir()) == []
