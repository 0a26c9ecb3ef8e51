"""A PostgreSQL server for the tests, started by them on a Unix socket in a folder of its own.

Where no server is installed the tests that want one are left out. The server does not run as root:
there it runs as the user `postgres` that its package makes.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

_NONE = "PostgreSQL's server programs are not here; install the package postgresql"


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl."""
    config = shutil.which("pg_config")
    told = subprocess.run([config, "--bindir"], capture_output=True, text=True) if config else None
    found = shutil.which("initdb")
    places = [
        *([Path(told.stdout.strip())] if told and told.returncode == 0 else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        *([Path(found).parent] if found else []),
    ]
    return next((p for p in places if (p / "initdb").exists() and (p / "pg_ctl").exists()), None)


class Postgres:
    """A running server. Each database made on it is empty."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._as: list[str] = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as = ["runuser", "-u", "postgres", "--"]
        self._run("initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")

    def start(self) -> None:
        """Start the server; returns when it takes connections."""
        settings = f"-c listen_addresses='' -c unix_socket_directories={self._folder} -c fsync=off"
        self._run("pg_ctl", "-w", "-o", settings, "-l", str(self._folder / "log"), "start")

    def stop(self) -> None:
        """Stop it at once, breaking all connections."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def url(self, database: str = "postgres", query: str = "") -> str:
        """The address of a database."""
        return f"postgresql://postgres:s3cret%25word@/{database}?host={self._folder}{query}"

    def make_database(self) -> str:
        """An empty database's address."""
        import psycopg

        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as, self._programs / program, "-D", self._folder / "data", *arguments],
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def server() -> Iterator[Postgres]:
    """A running server, or none and the test is left out."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = _programs()
    if programs is None:
        pytest.skip(_NONE)
    # Not below pytest's own folder, which only its owner may enter; a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="greenroom-pg-"))
    try:
        running = Postgres(programs, folder)
        running.start()
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
