"""What the shell offers for topics and interviews when Tab is pressed.

Invariant: nothing here fails or prints: where the data folder cannot be read, nothing is offered.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import typer

from corpus.schema import GreenroomError


def topics(context: typer.Context, incomplete: str) -> list[str]:
    """Topics with questions whose name begins so, with hyphens for blanks: a shell would take a
    name with blanks for several words, and ``--topic`` takes it either way."""
    from agent.pool import plain_name

    found = _values(context, "greenroom.db", "SELECT DISTINCT topic FROM questions")
    names = sorted(plain_name(topic).replace(" ", "-") for topic in found)
    # What was typed stays as it was typed: Typer drops what does not begin with it.
    typed = len(incomplete)
    return [incomplete + n[typed:] for n in names if n.startswith(incomplete.casefold())]


def sessions(context: typer.Context, incomplete: str) -> list[str]:
    """Interviews whose id begins so, the newest first."""
    found = _values(context, "history.db", "SELECT id FROM sessions ORDER BY started DESC")
    return [name for name in found if name.startswith(incomplete)]


def open_sessions(context: typer.Context, incomplete: str) -> list[str]:
    """As `sessions`, those that go on."""
    sql = "SELECT id FROM sessions WHERE finished IS NULL ORDER BY started DESC"
    return [n for n in _values(context, "history.db", sql) if n.startswith(incomplete)]


def _values(context: typer.Context, name: str, sql: str) -> list[str]:
    from agent.settings import load_settings

    try:
        home: Path = load_settings(home=context.params.get("home")).home
        file = home / name
        if not file.is_file():
            return []
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=1.0)
        try:
            return [str(row[0]) for row in connection.execute(sql)]
        finally:
            connection.close()
    except (GreenroomError, OSError, sqlite3.Error):
        return []
