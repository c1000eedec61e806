"""The wheel: rules and regions are inside, and what is installed works from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("casemix-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation; what it depends on comes from the environment of the tests."""
    folder = tmp_path_factory.mktemp("installed")
    _pip("install", "--no-deps", "--target", str(folder), str(wheel))
    return folder


def test_the_wheel_holds_rules_and_regions(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in [
        *(ROOT / "rules").rglob("*.yaml"),
        *(ROOT / "regions").rglob("*.yaml"),
        *(ROOT / "regions").rglob("*.csv"),
        *(path for path in (ROOT / "templates").rglob("*") if path.is_file()),
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


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _casemix(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _python(installed, folder, "-m", "engine", *arguments)


def _python(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python outside this checkout: the installation first, then the packages it depends on."""
    paths = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1"}
    command = [sys.executable, "-S", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
