"""The extension as one file that VS Code installs."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from click.testing import CliRunner

from engine.cli import main

ROOT = Path(__file__).parents[2]


def test_the_file_has_what_the_folder_has_and_says_the_same_of_itself(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["lsp", "--vsix", str(tmp_path / "casemix.vsix")])
    assert done.exit_code == 0 and "从 VSIX 安装" in done.output
    with zipfile.ZipFile(tmp_path / "casemix.vsix") as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    folder = ROOT / "editors" / "vscode"
    for file in folder.iterdir():
        assert held[f"extension/{file.name}"] == file.read_bytes()
    about = json.loads(held["extension/package.json"])
    identity = ElementTree.fromstring(held["extension.vsixmanifest"]).find(".//{*}Identity")
    assert identity is not None
    assert [identity.get(what) for what in ("Id", "Version", "Publisher")] == [
        about[what] for what in ("name", "version", "publisher")
    ]
    endings = {one.get("Extension") for one in ElementTree.fromstring(held["[Content_Types].xml"])}
    assert {name.rsplit(".", 1)[1] for name in held if name.startswith("extension")} <= endings


def test_the_same_folder_makes_the_same_file(tmp_path: Path) -> None:
    for name in ("a.vsix", "b.vsix"):
        assert CliRunner().invoke(main, ["lsp", "--vsix", str(tmp_path / name)]).exit_code == 0
    assert (tmp_path / "a.vsix").read_bytes() == (tmp_path / "b.vsix").read_bytes()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["lsp", "--vsix", str(tmp_path / "没有" / "casemix.vsix")])
    assert done.exit_code != 0 and "没有" in done.output


def test_enter_takes_nothing_that_nobody_began_to_type() -> None:
    """Neither behind a word that is whole, nor behind a blank, where the list comes by itself."""
    about = json.loads((ROOT / "editors" / "vscode" / "package.json").read_text("utf-8"))
    settings = about["contributes"]["configurationDefaults"]["[yaml]"]
    assert settings["editor.acceptSuggestionOnEnter"] == "smart"
    assert settings["editor.suggest.selectionMode"] == "whenQuickSuggestion"
