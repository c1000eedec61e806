"""What only some systems have is asked for in one file; without it a region settles, compares and explains alike."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ONLY_SOME_HAVE = {
    "fcntl", "msvcrt", "resource", "pwd", "grp", "termios", "mkfifo", "geteuid", "getuid", "getgid", "fork", "killpg",
    "setsid", "pread", "pwrite", "statvfs", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "O_BINARY",
    "SIGHUP", "SIGKILL", "SIGALRM", "SIGPIPE", "pthread_sigmask", "alarm", "setitimer", "CDLL",
}  # fmt: skip
MAY_ASK = {"files/system.py", "databases/duckdb/pipe.py"}
"""``pipe`` is called only where ``system.has_pipes``."""


def test_what_only_some_systems_have_stands_in_one_file():
    found = set()
    for path in sorted((ROOT / "engine").rglob("*.py")):
        asked = re.findall(r"\b(?:os|signal|ctypes)\.(\w+)|^ *import (\w+)", path.read_text("utf-8"), re.M)
        names = {name for pair in asked for name in pair} & ONLY_SOME_HAVE
        if names and path.relative_to(ROOT / "engine").as_posix() not in MAY_ASK:
            found.add((path.relative_to(ROOT).as_posix(), *sorted(names)))
    assert found == set()


AS_WINDOWS = """
import builtins, ctypes, fcntl, importlib.util, os, shutil, signal, sys, types

flock, exclusive, at_once = fcntl.flock, fcntl.LOCK_EX, fcntl.LOCK_NB
def locking(handle, mode, size):
    assert mode == 2 and size == 1
    flock(handle, exclusive | at_once)
sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("mkfifo", "getuid", "geteuid", "getgid", "getegid", "fork", "killpg", "setsid", "pread", "pwrite",
        "statvfs", "sysconf", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "symlink"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGHUP", "SIGKILL", "SIGALRM", "SIGPIPE", "pthread_sigmask", "alarm", "setitimer"):
    if hasattr(signal, name):
        delattr(signal, name)
class NoLibrary:
    def __init__(self, name, *given, **also):
        raise TypeError("Windows has no library without a name")
ctypes.CDLL = NoLibrary
shutil._use_fd_functions = shutil.rmtree.avoids_symlink_attacks = False
opened = set()
plain_open, plain_close, plain_rename, plain_unlink = os.open, os.close, os.rename, os.unlink
def windows_open(path, flags, mode=0o777, **also):
    if os.path.isdir(path):
        raise PermissionError(13, "a folder", str(path))
    handle = plain_open(path, flags, mode, **also)
    opened.add(handle)
    return handle
def windows_close(handle):
    opened.discard(handle)
    plain_close(handle)
def windows_rename(old, new, **also):
    if os.path.exists(new):
        raise FileExistsError(17, "exists", str(new))
    plain_rename(old, new, **also)
def in_use(path):
    for handle in opened:
        try:
            if os.path.samestat(os.fstat(handle), os.stat(path)):
                return True
        except OSError:  # closed by whoever made a file of it
            continue
def windows_unlink(path, **also):
    if in_use(path):
        raise PermissionError(13, "in use", str(path))
    plain_unlink(path, **also)
os.open, os.close, os.rename = windows_open, windows_close, windows_rename
os.unlink = os.remove = windows_unlink
from engine.files import system
system.is_windows = lambda: True
import engine.files.scratch, engine.data.swap, engine.data.plain_paths
engine.data.plain_paths.is_windows = lambda: True
from engine.cli import main
for words in COMMANDS:
    try:
        main(words, standalone_mode=True)
    except SystemExit as end:
        assert not end.code, (words, end.code)
"""


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    """A run, the same again in its place, a comparison and an explanation, as on Windows; and what was said."""
    folder = tmp_path_factory.mktemp("windows")
    (folder / "temporary").mkdir()
    out, data = str(folder / "结果"), str(folder / "数据")
    _write_city(folder)
    settle = ["run", str(folder / "城"), "结算", "--period", "2025", "--data", data, "--format", "xlsx"]
    commands = [
        [*settle, "--out", out],
        [*settle, "--out", out, "--replace"],
        [*settle, "--out", str(folder / "另"), "--engine", "reference", "--format", "csv"],
        ["compare", out, str(folder / "另")],
        ["explain", out, "病人", "a", "--value", "应付"],
    ]
    env = {**os.environ, "TMPDIR": str(folder / "temporary"), "PYTHONIOENCODING": "gbk", "PYTHONDONTWRITEBYTECODE": "1"}
    program = AS_WINDOWS.replace("COMMANDS", repr(commands))
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, timeout=120)
    return folder, done.returncode, done.stdout.decode("gbk") + done.stderr.decode("gbk", "replace")


@pytest.mark.slow
def test_a_region_settles_compares_and_explains_without_what_windows_lacks(settled):
    folder, code, said = settled
    assert code == 0, said
    assert "全部相同" in said and "应付 = 60" in said
    assert (folder / "结果" / "run.json").is_file()


@pytest.mark.slow
def test_it_leaves_nothing_behind(settled):
    folder, _, said = settled
    assert sorted(path.name for path in folder.iterdir()) == ["temporary", "另", "城", "数据", "结果"], said
    assert list((folder / "temporary").iterdir()) == []


def _write_city(folder):
    (folder / "城").mkdir()
    (folder / "城" / "region.yaml").write_text("名称: 城\n施行: 2025-01-01\n文件:\n  办法: {题名: 城的办法}\n", "utf-8")
    (folder / "城" / "规则.yaml").write_text(CITY, "utf-8")
    (folder / "数据").mkdir()
    (folder / "数据" / "病人.csv").write_text("编号,日期,费用\na,2025-03-01,100\nb,2025-04-01,50.5\n", "utf-8")


CITY = """
依据: 办法
病人: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: 元}}
应付: {粒度: 病人, 单位: 元, 舍入: 2, 公式: 费用 × 比例}
比例: {单位: 比例, 取值: {2025-01-01: 60%}}
结算表: {粒度: 病人, 列: [应付]}
结算: {期间: 年, 报表: [结算表]}
"""
