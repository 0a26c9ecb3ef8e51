"""Backups of sessions that stand on a real PostgreSQL server: whole, and back on either side."""

from __future__ import annotations

import random
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from postgres import Postgres
from rehearsal import Clock, WordGrader, make_bank, make_interview

from agent import archive_copy
from agent.addenda import Addenda
from agent.archive import Archive, open_archive
from agent.archive_backup import backup, restore
from agent.interview import Interview
from agent.plan import Options
from agent.postgres import Server
from agent.profiles import Profiles
from agent.settings import Settings, load_settings
from agent.tables import SESSIONS, TABLES, TURNS
from index.backup_zip import BackupError
from index.database import DatabaseError

WHEN = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
ODD = "alpha \x00 beta \x1b0 “ü” \U0001f600"
GOOD = "alpha beta gamma delta"


def contents(place: Path | str) -> dict[str, list[dict[str, object]]]:
    """All rows of all tables, sessions in the order in which they were begun."""
    archive = open_archive(place)
    try:
        found = {t.name: archive.rows(t.select().order_by(*_order(t))) for t in TABLES}
    finally:
        archive.close()
    for row in found["sessions"]:
        del row["rowid"]  # each database numbers its rows itself
    return found


def _order(table: object) -> list[object]:
    return [SESSIONS.c.rowid] if table is SESSIONS else list(table.primary_key)  # type: ignore


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> str:
    """A database in which every table has rows; session "open" waits. Not to be changed."""
    url, home = postgres.make_database(), tmp_path_factory.mktemp("filled")
    interview = Interview(
        home, make_bank(), WordGrader(), None, Clock(), random.Random(7), database_url=url
    )
    for name in ("z-ended", "a-ended"):
        turn = interview.start(Options(count=2, seed=1, follow_ups=False), session_id=name)
        interview.answer(name, ODD, turn.number)
        interview.second_look.retry(name, GOOD)
        interview.second_look.disagree(name, f"I did say it {ODD}")
        interview.second_look.rate(name, "easy")
        interview.stop(name)
    turn = interview.start(Options(count=2, seed=3, follow_ups=False), session_id="open")
    interview.answer("open", GOOD, turn.number)
    database = interview.history.database
    Addenda(database).avoid("local", "Trees", "2026-01-01")
    Profiles(database, Clock()).save("local", "cv", "cv.txt", f"Seven years {ODD}")
    interview.close()
    return url


@pytest.fixture
def used(tmp_path: Path, filled: str) -> SimpleNamespace:
    """A data folder, and the database that goes with it."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text('device = "cpu"\n')
    return SimpleNamespace(home=home, url=filled, zip=tmp_path / "b.zip", tmp=tmp_path)


def settings(home: Path, url: str | None = None) -> Settings:
    return load_settings(home=home, database_url=url)


def test_every_table_is_there_to_be_copied(used: SimpleNamespace) -> None:
    assert all(contents(used.url).values())


def test_from_a_server_into_a_file(used: SimpleNamespace) -> None:
    saved = backup(settings(used.home, used.url), used.zip, WHEN)
    assert saved.files == ("config.toml", "history.db")
    assert saved.database is not None
    assert saved.database.startswith("PostgreSQL database t")
    assert "s3cret" not in saved.database
    other = used.tmp / "other"
    back = restore(used.zip, settings(other), WHEN)
    assert (back.database, back.files) == (None, saved.files)
    assert contents(other / "history.db") == contents(used.url)

    # Without its checkpoints, which are not copied: they are made again from the history.
    interview = make_interview(other)
    turn = interview.current("open")
    assert turn.number == 2
    while not turn.finished:
        turn = interview.answer("open", GOOD, turn.number)
    assert turn.report is not None
    assert turn.report.overall.graded == 2
    interview.close()


def test_from_a_server_to_another(used: SimpleNamespace, postgres: Postgres) -> None:
    backup(settings(used.home, used.url), used.zip, WHEN)
    url, other = postgres.make_database(), used.tmp / "other"
    back = restore(used.zip, settings(other, url), WHEN)
    assert contents(url) == contents(used.url)
    # No second copy stays in the folder: it would outlive what is forgotten.
    assert [p.name for p in other.iterdir()] == ["config.toml"]
    assert back.files == ("config.toml",)
    assert back.database is not None


def test_from_a_file_to_a_server(used: SimpleNamespace, postgres: Postgres) -> None:
    first, url = used.tmp / "first", postgres.make_database()
    interview = make_interview(first)
    interview.answer("s", ODD, interview.start(Options(count=1), session_id="s").number)
    interview.close()
    backup(settings(first), used.zip, WHEN)
    before = contents(first / "history.db")
    back = restore(used.zip, settings(first, url), WHEN, force=True)
    assert contents(url) == before
    assert not list(first.glob("*.db"))
    assert (Path(back.kept or "") / "history.db").exists()


def test_a_database_that_holds_anything_is_left_alone(
    used: SimpleNamespace, postgres: Postgres
) -> None:
    backup(settings(used.home, used.url), used.zip, WHEN)
    url = postgres.make_database()
    archive = open_archive(url)
    Addenda(archive).avoid("ann", "Trees", "2026-01-01")
    archive.close()
    before, files = contents(url), sorted(used.home.iterdir())
    with pytest.raises(DatabaseError, match=r"holds sessions already.*GREENROOM_DATABASE_URL"):
        restore(used.zip, settings(used.home, url), WHEN, force=True)
    assert contents(url) == before
    assert sorted(used.home.iterdir()) == files


def test_a_restore_that_fails_late_writes_nothing_to_the_server(
    used: SimpleNamespace, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(settings(used.home, used.url), used.zip, WHEN)
    url = postgres.make_database()

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("index.backup._swap", full)
    with pytest.raises(BackupError, match="no space"):
        restore(used.zip, settings(used.tmp / "other", url), WHEN)
    assert not any(contents(url).values())
    assert not (used.tmp / "other").exists()


def test_files_of_a_time_without_the_server_are_left_out_and_named(used: SimpleNamespace) -> None:
    (used.home / "history.db").write_bytes(b"of another time")
    saved = backup(settings(used.home, used.url), used.zip, WHEN)
    assert saved.left_out == ("history.db",)
    with zipfile.ZipFile(used.zip) as archive:
        assert not archive.read("history.db").startswith(b"of another time")
        assert b"Seven years" in archive.read("history.db")


def test_a_server_that_is_not_there_leaves_no_backup(used: SimpleNamespace) -> None:
    gone = "postgresql://ann:s3cret@127.0.0.1:1/x"
    with pytest.raises(DatabaseError, match="cannot be used now") as told:
        backup(settings(used.home, gone), used.zip, WHEN)
    assert "s3cret" not in str(told.value)
    assert not used.zip.exists()
    assert {p.name for p in used.tmp.iterdir()} == {"home"}


def test_a_copy_is_of_one_moment(
    used: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: Archive = open_archive(used.url)
    copy, begun = archive_copy._copy, contents(used.url)
    late = {"id": "late", "person": "local", "options": "{}", "started": "2026-01-02"}

    def while_others_write(source: object, target: object) -> None:
        source.execute(TURNS.select()).all()  # type: ignore[attr-defined]
        with other.transaction() as connection:
            connection.execute(SESSIONS.insert(), late)
        copy(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(archive_copy, "_copy", while_others_write)
    archive_copy.save_sessions(Server(used.url), tmp_path / "copy.db")
    with other.transaction() as connection:
        assert connection.execute(SESSIONS.delete().where(SESSIONS.c.id == "late")).rowcount == 1
    other.close()
    assert contents(tmp_path / "copy.db") == begun
