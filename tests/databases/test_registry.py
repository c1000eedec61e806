"""Every engine of the registry is tested and told of; a machine without a database leaves its tests out and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.databases.registry import LINES
from tests.databases import KNOWN, available, chosen, left_out, mariadb_server, postgres_server

DOCS = Path(__file__).parents[2] / "docs"


def test_a_machine_without_the_programs_leaves_postgresql_out_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_server.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(postgres_server, "programs", lambda: None)
    monkeypatch.delenv("CASEMIX_ENGINES", raising=False)
    assert available()["postgresql"] == "no initdb found"
    assert "PostgreSQL (no initdb found)" in left_out()
    assert "postgresql" not in chosen() and "duckdb" in chosen()


def test_a_database_that_is_wanted_by_name_and_cannot_be_had_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_server, "programs", lambda: None)
    monkeypatch.setenv("CASEMIX_ENGINES", "duckdb,postgresql")
    with pytest.raises(ValueError, match="postgresql: no"):
        chosen()


def test_a_machine_without_mariadb_leaves_it_out_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mariadb_server.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(mariadb_server, "programs", lambda: None)
    monkeypatch.delenv("CASEMIX_ENGINES", raising=False)
    assert "MariaDB (no mariadbd found)" in left_out()


def test_a_database_of_tests_of_its_own_is_used_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASEMIX_ENGINES", raising=False)
    assert "mariadb" not in chosen()
    if not mariadb_server.why_not():
        monkeypatch.setenv("CASEMIX_ENGINES", "duckdb,mariadb")
        assert chosen() == ["duckdb", "mariadb"]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_an_engine_of_the_registry_is_one_of_the_tests_and_of_the_documentation(line) -> None:
    assert KNOWN[line.name].shown == line.imported.title
    commands, databases = ((DOCS / page).read_text("utf-8") for page in ("command-line.md", "databases.md"))
    written = [form.partition("://") for form in line.engine]
    assert [form for form, address, _ in written if f"`{form}{address}" not in commands] == []
    assert not line.data or line.imported.title in databases
