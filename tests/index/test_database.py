"""The SQLite file: migrations forward, damage told and never written over, threads, processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from index.database import DatabaseError, check_database, open_database

ONE = (("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",),)
TWO = (
    *ONE,
    (
        "ALTER TABLE notes ADD COLUMN mark INTEGER NOT NULL DEFAULT 7",
        "CREATE INDEX notes_by_mark ON notes (mark)",
    ),
)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder é" / "notes.db"


def filled(path: Path, rows: int = 300) -> None:
    database = open_database(path, ONE)
    with database.transaction() as connection:
        connection.executemany(
            "INSERT INTO notes (text) VALUES (?)", [("x" * 500,) for _ in range(rows)]
        )
    database.close()


def test_an_old_file_is_migrated_and_keeps_its_rows(path: Path) -> None:
    filled(path, 2)
    database = open_database(path, TWO)
    assert [tuple(r) for r in database.rows("SELECT id, mark FROM notes")] == [(1, 7), (2, 7)]
    assert database.rows("PRAGMA user_version")[0][0] == 2
    assert database.rows("PRAGMA journal_mode")[0][0] == "wal"
    database.close()


def test_a_migration_that_fails_half_way_leaves_the_file_as_it_was(path: Path) -> None:
    filled(path, 1)
    broken = (*ONE, ("ALTER TABLE notes ADD COLUMN mark INTEGER", "CREATE TABLE notes (id)"))
    with pytest.raises(DatabaseError, match="already exists"):
        open_database(path, broken)
    database = open_database(path, ONE)
    assert [c["name"] for c in database.rows("PRAGMA table_info(notes)")] == ["id", "text"]
    database.close()


def test_a_newer_file_asks_for_an_upgrade(path: Path) -> None:
    open_database(path, TWO).close()
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match=r"newer Greenroom \(schema 2, this one knows 1\)"):
        open_database(path, ONE)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"these are notes, not a database\n" * 100,
        lambda data: data[: len(data) // 2],
        lambda data: data[:700],
        lambda data: b"",
        lambda data: data[:8192] + b"\xa5" * 4096 + data[12288:],
    ],
    ids=["text", "half", "one page", "empty", "page overwritten"],
)
def test_a_damaged_file_is_told_and_left_alone(path: Path, damage) -> None:
    filled(path)
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match=r"notes\.db is damaged.*restore.*move it aside"):
        open_database(path, ONE)
    with pytest.raises(DatabaseError, match="is damaged"):
        check_database(path)
    assert path.read_bytes() == before


def test_check_reads_what_opening_does_not(path: Path) -> None:
    filled(path, 12_000)  # larger than what is checked at every start
    data = bytearray(path.read_bytes())
    data[4096 * 1000 : 4096 * 1001] = b"\xa5" * 4096
    path.write_bytes(data)
    database = open_database(path, ONE)
    with pytest.raises(DatabaseError, match="is damaged"):
        database.check()
    database.close()


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=str(tmp_path)):
        open_database(tmp_path, ONE)


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x")
    with pytest.raises(DatabaseError, match="cannot be made"):
        open_database(tmp_path / "home" / "notes.db", ONE)


def test_nothing_is_left_beside_a_new_file(path: Path) -> None:
    open_database(path, ONE).close()
    assert [p.name for p in path.parent.iterdir()] == ["notes.db"]


def test_an_exception_rolls_back(path: Path) -> None:
    database = open_database(path, ONE)
    with pytest.raises(DatabaseError, match="NOT NULL"), database.transaction() as connection:
        connection.execute("INSERT INTO notes (text) VALUES ('lost')").execute(
            "INSERT INTO notes (text) VALUES (NULL)"
        )
    assert database.rows("SELECT * FROM notes") == []
    with database.transaction() as connection:  # the connection is usable
        connection.execute("INSERT INTO notes (text) VALUES ('kept')")
    assert database.row("SELECT text FROM notes")["text"] == "kept"
    database.close()


def test_threads_share_a_database(path: Path) -> None:
    database = open_database(path, ONE)

    def write() -> None:
        for _ in range(50):
            with database.transaction() as connection:
                count = connection.execute("SELECT count(*) FROM notes").fetchone()[0]
                connection.execute("INSERT INTO notes (text) VALUES (?)", (str(count),))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Had two transactions run into each other, two rows would have counted the same.
    assert len({r[0] for r in database.rows("SELECT text FROM notes")}) == 200
    database.close()


def test_processes_that_make_and_migrate_it_at_once_agree(path: Path) -> None:
    filled(path.with_name("old.db"), 1)
    code = (
        "import sys; from pathlib import Path\n"
        "from index.database import open_database\n"
        "steps = (('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT',),\n"
        "         ('CREATE TABLE more (id)',))\n"
        "for name in ('new.db', 'old.db'):\n"
        "    database = open_database(Path(sys.argv[1]) / name, steps)\n"
        "    for _ in range(25):\n"
        "        with database.transaction() as c:\n"
        "            c.execute(\"INSERT INTO notes (text) VALUES ('x')\")\n"
        "    database.close()\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path.parent)], cwd=ROOT) for _ in range(4)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    for name, count in (("new.db", 100), ("old.db", 101)):
        with closing(sqlite3.connect(path.with_name(name))) as connection:
            assert connection.execute("SELECT count(*) FROM notes").fetchone() == (count,)
            assert connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_writer_that_keeps_the_lock_is_named(path: Path, monkeypatch) -> None:
    monkeypatch.setattr("index.database.BUSY_SECONDS", 0.05)
    one, two = open_database(path, ONE), open_database(path, ONE)
    with (
        one.transaction(),
        pytest.raises(DatabaseError, match="another process"),
        two.transaction(),
    ):
        pass
    one.close()
    two.close()


def test_a_reading_transaction_is_of_one_moment(path: Path) -> None:
    one, two = open_database(path, ONE), open_database(path, ONE)
    with one.transaction(write=False):
        assert one.rows("SELECT * FROM notes") == []
        with two.transaction() as connection:
            connection.execute("INSERT INTO notes (text) VALUES ('later')")
        assert one.rows("SELECT * FROM notes") == []
    assert len(one.rows("SELECT * FROM notes")) == 1
    one.close()
    two.close()


def test_what_was_deleted_is_nowhere_on_the_disk(path: Path) -> None:
    database = open_database(path, ONE)
    with database.transaction() as connection:
        connection.execute("INSERT INTO notes (text) VALUES (?)", ("my secret name " * 2000,))
    with database.transaction() as connection:
        connection.execute("DELETE FROM notes")
    database.scrub()
    assert not any(b"secret name" in p.read_bytes() for p in path.parent.iterdir())
    database.close()


def test_a_copy_is_one_sound_file(path: Path, tmp_path: Path) -> None:
    database = open_database(path, ONE)
    with database.transaction() as connection:
        connection.execute("INSERT INTO notes (text) VALUES ('x')")
    database.copy_to(tmp_path / "copy.db")
    database.close()
    with closing(
        sqlite3.connect(f"file:{tmp_path / 'copy.db'}?mode=ro&immutable=1", uri=True)
    ) as c:
        assert c.execute("SELECT text FROM notes").fetchall() == [("x",)]
