"""The examples of the page on the Python API come out as they stand there, and it names every part of the interface."""

from __future__ import annotations

import doctest
import inspect

import pytest

from engine import api
from tests.docs.pages import BLOCK, ROOT, dead_links

PAGE = ROOT / "docs" / "python-api.md"


def test_every_example_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    shown = "\n".join(text for kind, text in BLOCK.findall(PAGE.read_text("utf-8")) if kind == "pycon")
    test = doctest.DocTestParser().get_doctest(shown, {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    found = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test, out=told.append)
    assert found.attempted > 10 and found.failed == 0, "".join(told)


def test_every_argument_and_every_name_is_told() -> None:
    text = PAGE.read_text("utf-8")
    told = [*inspect.signature(api.load).parameters, *api.__all__]
    members = [name for name in vars(api.Priced) if not name.startswith("_")]
    said = {"verdict", "row", "found", "region", "settled", "RowBelow"}
    assert [name for name in (*told, *members) if name not in text and name not in said] == []


def test_links_lead_somewhere() -> None:
    assert list(dead_links(PAGE)) == []
