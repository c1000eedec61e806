"""A machine without a database leaves its tests out, and says so."""

from __future__ import annotations

import pytest

from tests.databases import available, chosen, left_out, mariadb_server, postgres_server


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
