"""The edge of the command line: exit codes, one readable line an error, nothing but data on stdout.
Nothing here loads a model."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from conftest import Command

from ui import cli, output
from ui.rows import RowsError, is_overwritten, open_lines
from ui.search_view import batch_queries
from ui.text import one_line, plain

USAGE = 2


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["quiz", "--bogus"], USAGE, "--bogus"),
        (["bogus"], USAGE, "bogus"),
        (["grade"], USAGE, "--batch"),
        (["grade", "--batch", "x", "--grader", "oracle"], USAGE, "oracle"),
        (["search"], USAGE, "QUERY"),
        (["search", "x", "--batch", "y"], USAGE, "QUERY"),
        (["search", "x", "-k", "0"], USAGE, "-k"),
        (["search", " "], USAGE, "empty"),
        (["forget"], USAGE, "--all"),
        (["forget", "x", "--all"], USAGE, "--all"),
        (["eval"], USAGE, "suite"),
        (["eval", "everything"], USAGE, "everything"),
        (["chat", "--port", "99999"], USAGE, "--port"),
        (["quiz"], USAGE, "--answers"),
        (["resume"], USAGE, "terminal"),
        (["grade", "--batch", "/no/such/cases.jsonl"], 1, "/no/such/cases.jsonl"),
        (["search", "--batch", "/no/such/queries.jsonl"], 1, "/no/such/queries.jsonl"),
        (["quiz", "--answers", "/no/such/answers.jsonl"], 1, "/no/such/answers.jsonl"),
        (["search", "--batch", "/"], 1, "name a file"),
        (["grade", "--batch", "/dev/null", "--grader", "vllm"], 4, "vllm"),
        (["grade", "--batch", "/dev/null", "--grader", "combined"], 4, "combined"),
        (["sessions", "show", "nobody"], 1, "nobody"),
        (["sessions", "export", "nobody"], 1, "nobody"),
        (["chat", "--host", "0.0.0.0"], None, "--auth"),
        (["restore", "/no/such.zip"], 1, "/no/such.zip"),
        (["ingest", ""], USAGE, "it is empty"),
        (["sessions", "list", "--home", ""], USAGE, "it is empty"),
        (["sessions", "show", "\udcff"], 1, "no valid text"),
        (["show", "\udcff"], 1, "no valid text"),
        (["backup", "/no/such/folder/b.zip"], 1, "nothing to back up"),
    ],
)
def test_an_error_is_one_line_that_names_the_value(
    greenroom: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int | None,
    named: str,
) -> None:
    monkeypatch.setenv("GREENROOM_HOME", str(tmp_path / "home"))
    done = greenroom(*arguments)
    assert done.out == ""
    assert named in done.err
    assert len(done.err.splitlines()) == 1
    assert "Traceback" not in done.err
    assert done.code == code if code is not None else done.code in (1, USAGE)


def test_the_version_is_printed_and_nothing_else(greenroom: Command) -> None:
    done = greenroom("--version")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"greenroom {version('greenroom')}\n"


def test_a_setting_that_cannot_be_used_is_named(
    greenroom: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_DEVICE", "abacus")
    done = greenroom("sessions", "list")
    assert done.code == USAGE
    assert "abacus" in done.err


@pytest.mark.parametrize("stream", [0, 1, 2])
def test_a_stream_that_is_closed_is_no_defect(tmp_path: Path, stream: int) -> None:
    command = [sys.executable, "-m", "ui.cli", "sessions", "show", "nobody"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {stream}>&-', "sh", *command],
        capture_output=True,
        text=True,
        env={**os.environ, "GREENROOM_HOME": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "defect" not in done.stderr
    assert "Traceback" not in done.stderr
    assert ("no session 'nobody'" in done.stderr) == (stream != 2)


def test_reading_an_empty_history_needs_no_library(greenroom: Command, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert greenroom("sessions", "list", "--json", "--home", home).json == {"sessions": []}
    assert greenroom("progress", "--json", "--home", home).json["topics"] == []
    assert greenroom("sessions", "list", "--home", home).out == ""
    assert not (home / "greenroom.db").exists()


@pytest.mark.parametrize(
    ("name", "command"), [("history.db", "progress"), ("greenroom.db", "questions")]
)
def test_a_damaged_database_is_reported_and_left(
    greenroom: Command, tmp_path: Path, name: str, command: str
) -> None:
    damaged = tmp_path / name
    damaged.write_bytes(b"garbage" * 1000)
    done = greenroom(command, "--home", tmp_path)
    assert done.code == 1
    assert str(damaged) in done.err
    assert "restore" in done.err
    assert len(done.err.splitlines()) == 1
    assert damaged.read_bytes() == b"garbage" * 1000


def test_a_defect_is_told_in_a_line_and_traced_on_demand(
    greenroom: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the sky\nfalls \x1b[31m")

    monkeypatch.setattr("ui.progress.open_workspace", broken)
    done = greenroom("progress")
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert "the sky falls" in done.err
    assert "\x1b" not in done.err
    assert "Traceback" in greenroom("--debug", "progress").err


def test_an_interrupt_is_130_and_one_line(
    greenroom: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ui.progress.open_workspace", interrupted)
    done = greenroom("progress")
    assert done.code == 130
    assert len(done.err.splitlines()) == 1


def test_what_libraries_log_stays_out_of_sight(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def chatty(*_: object) -> None:
        noisy = logging.getLogger("somelibrary")
        noisy.setLevel(logging.DEBUG)
        noisy.debug("loading")
        noisy.warning("deprecated")
        logging.getLogger("index.generations").warning("built again")
        raise SystemExit(0)

    monkeypatch.setattr("ui.progress.open_workspace", chatty)
    with pytest.raises(SystemExit):
        cli.run(["progress"])
    assert capsys.readouterr().err == "greenroom: built again\n"
    logging.getLogger("somelibrary").setLevel(logging.NOTSET)


def test_a_reader_that_goes_away_ends_the_command_quietly(tmp_path: Path) -> None:
    script = (
        "import sys; from ui import output; from ui.cli import app, main\n"
        "@app.command()\n"
        "def pour() -> None:\n"
        "    output.write_rows({'n': n} for n in range(10**6))\n"
        "sys.argv = ['greenroom', 'pour']; main()\n"
    )
    command = f'{sys.executable} -c "$SCRIPT" | head -1'
    done = subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "SCRIPT": script},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == '{"n": 0}\n'
    assert done.stderr == ""


def test_ctrl_c_outside_an_interview(tmp_path: Path) -> None:
    script = (
        "import sys, time; from ui.cli import app, main\n"
        "@app.command()\n"
        "def wait() -> None:\n"
        "    print('ready', flush=True); time.sleep(60)\n"
        "sys.argv = ['greenroom', 'wait']; main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        said = process.stderr.read()
    assert "interrupted" in said
    assert "Traceback" not in said


def test_a_model_still_loading_does_not_disturb_the_exit() -> None:
    script = (
        "import atexit, sys, threading, time; from ui.cli import app, main\n"
        "import typer\n"
        "@app.command()\n"
        "def leave() -> None:\n"
        "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "    atexit.register(lambda: print('the interpreter shuts down'))\n"
        "    print('data'); raise typer.Exit(3)\n"
        "sys.argv = ['greenroom', 'leave']; main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "data\n", "")


def test_rows_are_read_as_people_save_them(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"_id": 7, "text": "one"}\r\n\r\n{"_id": "b", "text": "z"}')
    assert [(q.id, q.text) for q in batch_queries(path)] == [(7, "one"), ("b", "z")]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"nonsense", "not JSON"),
        (b'{"_id": "a"}', "text"),
        (b'{"_id": "a", "text": "caf\xe9"}', "UTF-8"),
        (b'{"_id": true, "text": "a"}', "_id"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path: Path, line: bytes, fault: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"_id": "a", "text": "b"}\n' + line + b"\n")
    with pytest.raises(RowsError, match=f"line 2.*{fault}"):
        batch_queries(path)


def test_lines_keep_bytes_that_are_no_text_apart(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"good\nbad \xff\ngood\n")
    with open_lines(path) as lines:
        assert [line.isprintable() for line in map(str.strip, lines)] == [True, False, True]


def test_json_keeps_text_readable_and_stays_writable() -> None:
    assert output.encode({"a": "é😀"}) == '{"a": "é😀"}'
    half = output.encode({"a": "\ud800é"})
    assert half.encode()
    assert json.loads(half) == {"a": "\ud800é"}
    with pytest.raises(ValueError, match="JSON"):
        output.encode({"a": float("nan")})


def test_what_a_document_says_cannot_steer_a_terminal() -> None:
    text = "a\x1b[2Jb\x07\u202ec\ud800\r\nd\te"
    assert plain(text) == "a�[2Jb��c��\nd\te"
    assert len(plain(text)) == len(text)
    assert one_line(" a \n b ") == "a b"
    assert one_line("abcdef", 4) == "abc…"


@pytest.mark.parametrize("colour", ["FORCE_COLOR", "NO_COLOR"])
def test_off_a_terminal_there_is_no_colour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], colour: str
) -> None:
    monkeypatch.setenv(colour, "1")
    output.console().print("[b]bold :smile:[/b]", style="red")
    assert capsys.readouterr().out == "bold :smile:\n"


def test_no_input_forbids_every_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.delenv(output.NO_INPUT, raising=False)
    assert output.may_ask()
    monkeypatch.setenv(output.NO_INPUT, "1")
    assert not output.may_ask()


def test_with_json_the_questions_go_to_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(output.NO_INPUT, raising=False)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert output.may_ask(json=True)
    assert not output.may_ask()


def test_a_stray_byte_that_is_typed_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = io.TextIOWrapper(io.BytesIO(b"caf\xe9\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", typed)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    output.use_utf8()
    assert input() == "caf\ufffd"


def test_rows_that_come_by_a_redirection_are_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tmp_path / "cases.jsonl"
    rows.write_text("{}", encoding="utf-8")
    with rows.open(encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert is_overwritten(Path("-"), rows)
        assert not is_overwritten(Path("-"), tmp_path / "other.jsonl")
        assert not is_overwritten(Path("-"), None)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert not is_overwritten(Path("-"), rows)
    assert is_overwritten(tmp_path / "." / "cases.jsonl", rows)
