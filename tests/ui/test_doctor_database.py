"""What ``greenroom doctor``, ``backup`` and ``restore`` say of sessions on a PostgreSQL server: a
real one, and none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Command
from postgres import Postgres, server

from agent.archive import open_archive
from agent.history import History
from agent.plan import Options
from agent.settings import load_settings
from ui.doctor import Finding, _sessions

GONE = "postgresql://ann:s3cret@127.0.0.1:1/x"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    yield from server()


def found(home: Path, url: str) -> list[Finding]:
    return list(_sessions(load_settings(home=home, database_url=url)))


def test_a_database_is_named_with_its_versions_and_never_changed(
    tmp_path: Path, postgres: Postgres
) -> None:
    import psycopg

    url = postgres.make_database()
    (fresh,) = found(tmp_path, url)
    assert fresh.state == "note"
    assert "made at first use" in fresh.detail
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regnamespace('greenroom')").fetchone() == (None,)

    open_archive(url).close()
    (used,) = found(tmp_path, url)
    assert (used.name, used.state, used.fix) == ("database", "ok", None)
    name = url.split("/")[3].split("?")[0]
    place = url.split("host=")[1]
    assert f"PostgreSQL database {name} on {place} answers (PostgreSQL " in used.detail
    assert used.detail.endswith("schema 1)")
    assert "s3cret" not in used.detail

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO greenroom.schema_version VALUES (99)")
    (newer,) = found(tmp_path, url)
    assert newer.state == "problem"
    assert "99" in newer.detail
    assert "upgrade" in str(newer.fix)


def test_files_that_are_not_used_are_named(tmp_path: Path, postgres: Postgres) -> None:
    (tmp_path / "history.db").write_bytes(b"garbage")
    _, unused = found(tmp_path, postgres.make_database())
    assert (unused.name, unused.state) == ("history.db", "note")
    assert "not used" in unused.detail


@pytest.mark.parametrize("url", [GONE, "mysql://ann:s3cret@host/x"])
def test_one_that_cannot_be_used_is_one_line_with_a_remedy(
    greenroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.setenv("GREENROOM_DATABASE_URL", url)
    done = greenroom("doctor", "--home", tmp_path)
    assert done.code == 1
    (line,) = [x for x in done.out.splitlines() if x.startswith("FIX   database:")]
    assert "GREENROOM_DATABASE_URL" in line
    assert "s3cret" not in done.out + done.err
    for command in (("backup", tmp_path / "b.zip"), ("sessions", "list")):
        refused = greenroom(*command, "--home", tmp_path)
        assert refused.code == 1
        assert refused.out == ""
        assert len(refused.err.splitlines()) == 1
        assert "s3cret" not in refused.err
    assert not (tmp_path / "b.zip").exists()


def test_a_backup_says_where_its_sessions_come_from_and_go_to(
    greenroom: Command, tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, home, other = postgres.make_database(), tmp_path / "home", tmp_path / "other"
    history = History(url)
    history.begin("s", "local", Options(), "2026-01-01")
    history.close()
    monkeypatch.setenv("GREENROOM_DATABASE_URL", url)
    home.mkdir()
    (home / "history.db").write_bytes(b"of another time")
    saved = greenroom("backup", tmp_path / "b.zip", "--home", home)
    assert saved.code == 0
    assert "with the sessions of the PostgreSQL database" in saved.err
    assert "left out: history.db" in saved.err
    refused = greenroom("restore", tmp_path / "b.zip", "--home", other)
    assert refused.code == 1
    assert "holds sessions already" in refused.err
    assert not other.exists()
    monkeypatch.delenv("GREENROOM_DATABASE_URL")
    assert greenroom("restore", tmp_path / "b.zip", "--home", other).code == 0
    (session,) = greenroom("sessions", "list", "--json", "--home", other).json["sessions"]
    assert session["id"] == "s"
