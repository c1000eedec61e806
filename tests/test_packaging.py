"""The folder of wheels for a machine without internet: all is inside, and what is installed from it alone works."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from engine import __version__
from engine.lsp.pages import PAGES

ROOT = Path(__file__).parents[1]
NO_PIP = {"PIP_CONFIG_FILE": os.devnull}
"""No setting of this machine adds a place where packages are."""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``make wheels`` fills, for PostgreSQL: Spark alone is 400 MB."""
    folder = tmp_path_factory.mktemp("without-internet") / "wheels"
    venv = sys.prefix
    options = ["-o", f"{venv}/.installed", f"VENV={venv}", f"WHEELS={folder}", "EXTRAS=postgresql"]
    _done(["make", "-C", str(ROOT), "wheels", *options])
    return folder


@pytest.fixture(scope="module")
def wheel(wheels: Path) -> Path:
    (built,) = wheels.glob("casemix-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment, in which nothing was installed but from that folder."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    _done([sys.executable, "-m", "venv", str(folder)])
    pip = [str(folder / "bin" / "pip"), "--isolated", "--disable-pip-version-check"]
    _done([*pip, "install", "--quiet", "--no-index", "--find-links", str(wheels), "casemix[postgresql]"], **NO_PIP)
    return folder / "bin"


def test_the_folder_of_wheels_has_what_is_locked(wheels: Path) -> None:
    locked = set()
    for file in (ROOT / "requirements").glob("locked*.txt"):
        pins = (line.partition(";")[0].strip().partition("==") for line in file.read_text("utf-8").splitlines())
        locked |= {(name.replace("-", "_").lower(), version) for name, _, version in pins}
    found = {tuple(path.name.lower().split("-")[:2]) for path in wheels.iterdir()} - {("casemix", __version__)}
    assert {"duckdb", "psycopg_binary"} <= {name for name, _ in found}
    assert found <= locked
    assert {path.suffix for path in wheels.iterdir()} == {".whl"}


def test_it_is_made_for_every_extra_but_that_of_the_tests() -> None:
    (line,) = (line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if line.startswith("EXTRAS :="))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(line.partition(":=")[2].strip().split(",")) == extras.keys() - {"test"}


def test_the_wheel_holds_rules_and_regions(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in [
        *(ROOT / "rules").rglob("*.yaml"),
        *(ROOT / "regions").rglob("*.yaml"),
        *(ROOT / "regions").rglob("*.csv"),
        *(ROOT / "regions").rglob("*.txt"),
        *(path for path in (ROOT / "templates").rglob("*") if path.is_file()),
        *(path for path in (ROOT / "editors").rglob("*") if path.is_file()),
        *(ROOT / "docs" / page for page in PAGES),
    ]:
        assert f"engine/shipped/{path.relative_to(ROOT).as_posix()}" in names
    assert "engine/language/expression.lark" in names
    assert "engine/rulebook/schema/rule.json" in names
    assert not [name for name in names if name.startswith("tests/")]


def test_an_installed_region_checks_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = _casemix(installed, tmp_path, "check", "jiyuan")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ 济源产城融合示范区（jiyuan）" in done.stdout


def test_a_new_region_of_an_installation_is_sound(installed: Path, tmp_path: Path) -> None:
    for arguments in (("new", "abc"), ("check", "abc"), ("test", "abc")):
        done = _casemix(installed, tmp_path, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "regions" / "abc" / ".schema" / "rules-file.json").is_file()


def test_the_demonstration_works_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = _python(installed, tmp_path, "-m", "engine.demo", "--month")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "月度预结算表" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_all_that_it_needs_is_installed(installed: Path, tmp_path: Path) -> None:
    done = _run([str(installed / "pip"), "check", "--disable-pip-version-check"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    done = _python(installed, tmp_path, "-c", "import engine.databases.postgres.database, psycopg, openpyxl")
    assert done.returncode == 0, done.stdout + done.stderr


def _casemix(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _run([str(installed / "casemix"), *arguments], folder)


def _python(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _run([str(installed / "python"), *arguments], folder)


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Outside this checkout, which nothing points to."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _done(command: list[str], **more: str) -> None:
    done = subprocess.run(command, env=os.environ | more, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
