"""Sessions on a real PostgreSQL server: the same interview, several processes, no password told."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from postgres import Postgres
from rehearsal import Clock, WordGrader, make_bank, make_interview

from agent.archive import open_archive
from agent.history import History
from agent.interview import Interview
from agent.plan import Options
from agent.settings import SettingsError, load_settings
from agent.tables import TABLES
from index.database import DatabaseError, NotTextError

ROOT = Path(__file__).resolve().parents[2]
GOOD = "alpha beta gamma delta"
WHEN = "2026-01-01T00:00:09+00:00"
URL = "postgresql://ann:s3cret@host/x"


def open_interview(home: Path, url: str) -> Interview:
    return Interview(
        home, make_bank(), WordGrader(), None, Clock(), random.Random(7), database_url=url
    )


def ended(interview: Interview, texts: list[str]) -> list[object]:
    turn = interview.start(Options(count=2, seed=1), session_id="s")
    for text in texts:
        turn = interview.answer("s", text, turn.number)
    interview.stop("s")
    return [(t.kind, t.prompt, t.note, t.reply, t.marked) for t in interview.turns("s")]


def test_an_interview_goes_as_it_does_on_a_file(tmp_path: Path, postgres: Postgres) -> None:
    texts = ["hint", "alpha \x00 beta \x1b0", "ALPHA gamma delta"]
    on_file = make_interview(tmp_path / "file")
    on_server = open_interview(tmp_path / "server", postgres.make_database())
    assert ended(on_server, texts) == ended(on_file, texts)
    assert on_server.history.turns("s") == on_file.history.turns("s")
    # Nothing that was said stays in the data folder.
    assert not list((tmp_path / "server").rglob("*.db"))
    for interview in (on_file, on_server):
        interview.close()


def test_the_tables_are_those_described(place: Path | str) -> None:
    archive = open_archive(place)
    for table in TABLES:
        assert archive.rows(table.select()) == []  # every column is asked for by name
    archive.close()


def test_half_a_character_is_told_alike_on_both(place: Path | str) -> None:
    history = History(place)
    with pytest.raises(NotTextError, match=r"'ann.ud800' is no valid text"):
        history.sessions("ann\ud800")
    with pytest.raises(NotTextError, match="is no valid text"):
        history.begin("\udfff", "ann", Options(), WHEN)
    assert history.sessions() == []
    history.close()


def test_two_interviews_on_one_server_do_not_answer_a_turn_twice(
    tmp_path: Path, postgres: Postgres
) -> None:
    url = postgres.make_database()
    first, second = (open_interview(tmp_path / name, url) for name in "ab")
    turn = first.start(Options(count=2, seed=1, follow_ups=False))
    with first._driver.alone(turn.session_id):  # as if the first were grading
        code = (
            "import sys; from pathlib import Path; from test_postgres import open_interview\n"
            "i = open_interview(Path(sys.argv[1]), sys.argv[2])\n"
            "print(i.answer(sys.argv[3], 'alpha', 1).number, flush=True)\n"
            "i.close()\n"
        )
        other = run(code, tmp_path / "c", url, turn.session_id)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(3)
        assert first.history.save_reply(
            turn.session_id, 1, {"kind": "answer", "text": GOOD, "verdicts": {}}, WHEN
        )
    said, _ = other.communicate(timeout=120)
    assert said.strip() == b"2"
    assert second.turns(turn.session_id)[0].reply == GOOD
    assert second.stop(turn.session_id) == first.current(turn.session_id)
    first.close()
    second.close()


def test_a_session_killed_in_one_process_is_finished_in_another(
    tmp_path: Path, postgres: Postgres
) -> None:
    url = postgres.make_database()
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from test_postgres import open_interview, Options\n"
        "i = open_interview(Path(sys.argv[1]), sys.argv[2])\n"
        "i.start(Options(count=2, seed=1), session_id='s')\n"
        "def die(request): os.kill(os.getpid(), signal.SIGKILL)\n"
        "i._marking._grader.grade = die\n"
        "i.answer('s', 'alpha beta', 1)\n"
    )
    killed = run(code, tmp_path / "killed", url)
    _, told = killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL, told.decode()
    whole = make_interview(tmp_path / "whole")
    whole.start(Options(count=2, seed=1), session_id="s")
    expected = whole.answer("s", "alpha beta", 1)
    other = open_interview(tmp_path / "other", url)
    turn = other.current("s")  # the lock of the dead process is free
    assert (turn.number, turn.kind, turn.prompt) == (2, expected.kind, expected.prompt)
    while not turn.finished:
        turn = other.answer("s", GOOD, turn.number)
    assert turn.report is not None
    assert turn.report.overall.graded == 2
    whole.close()
    other.close()


def test_what_is_forgotten_is_gone_from_the_tables_of_the_checkpoints_too(
    tmp_path: Path, postgres: Postgres
) -> None:
    import psycopg

    url = postgres.make_database()
    interview = open_interview(tmp_path, url)
    turn = interview.start(Options(count=2, seed=1))
    interview.answer(turn.session_id, GOOD, 1)
    interview.forget_all()
    interview.close()
    with psycopg.connect(url, options="-c search_path=greenroom") as connection:
        for table in ("sessions", "turns", "checkpoints", "checkpoint_blobs", "checkpoint_writes"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_server_that_ran_down_is_told_and_used_again_when_it_is_back(
    tmp_path: Path, postgres: Postgres
) -> None:
    history = History(postgres.make_database())
    history.begin("s", "local", Options(), "2026-01-01")
    postgres.stop()
    try:
        with pytest.raises(DatabaseError, match="cannot be used now") as told:
            history.sessions()
        assert "s3cret" not in "".join(traceback.format_exception(told.value))
    finally:
        postgres.start()
    assert [s.id for s in history.sessions()] == ["s"]
    history.close()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ann:s3cret@host/x",
        "postgresql://ann:s3cret%zz@host/x",
        "host=/tmp password=s3cret",
        "postgresql://ann:s3cret@127.0.0.1:1/x",
        "postgresql://ann@127.0.0.1:1/x?password=s3cret",
    ],
)
def test_no_message_names_the_password(url: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(DatabaseError, match="GREENROOM_DATABASE_URL") as told:
        open_archive(url)
    assert "s3cret" not in "".join(traceback.format_exception(told.value))


def test_a_setting_that_may_hold_a_password_is_not_repeated() -> None:
    with pytest.raises(SettingsError, match="database_url") as told:
        load_settings(database_url=[URL])
    assert "s3cret" not in "".join(traceback.format_exception(told.value))
    assert "s3cret" not in repr(load_settings(database_url=URL))


def test_tables_of_a_newer_version_ask_for_an_upgrade(postgres: Postgres) -> None:
    import psycopg

    url = postgres.make_database()
    open_archive(url).close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO greenroom.schema_version VALUES (99)")
    with pytest.raises(DatabaseError, match="newer Greenroom"):
        open_archive(url)


def run(code: str, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={"PYTHONPATH": f"{ROOT}:{Path(__file__).parent}", "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
