"""The tables of the sessions' database, for SQLAlchemy: the same on SQLite and on PostgreSQL.

Invariant: what is written is read back letter for letter on both, and sorts alike on both; how the
tables came to be is in `agent/migrations.py`, and nothing is ever made from this description.
"""

from __future__ import annotations

import re

from sqlalchemy import BigInteger, Column, Dialect, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator

_TO_ESCAPE = re.compile("[\x00\x1b]")
_ESCAPED = re.compile("\x1b(.)", re.DOTALL)


class Words(TypeDecorator[str]):
    """Text in which any character may stand.

    PostgreSQL takes no NUL, though it can be typed into an answer; there it is written as ESC 0,
    and ESC as ESC ESC.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is written."""
        if value is None or dialect.name != "postgresql":
            return value
        return _TO_ESCAPE.sub(lambda m: "\x1b0" if m[0] == "\x00" else "\x1b\x1b", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it was given."""
        if value is None or dialect.name != "postgresql":
            return value
        return _ESCAPED.sub(lambda m: "\x00" if m[1] == "0" else m[1], value)


def _key(*names: str) -> list[Column[str] | Column[int]]:
    return [
        Column(name, Integer, primary_key=True)
        if name in ("position", "number", "attempt")
        else Column(name, Words, primary_key=True)
        for name in names
    ]


def _words(*names: str) -> list[Column[str]]:
    return [Column(name, Words) for name in names]


_METADATA = MetaData()

SESSIONS = Table(
    "sessions",
    _METADATA,
    *_key("id"),
    *_words("person", "options", "started", "finished"),
    # The order of insertion. SQLite gives this column to every table; PostgreSQL's is our own.
    Column("rowid", BigInteger),
)
PLANNED = Table(
    "planned",
    _METADATA,
    *_key("session_id", "position"),
    *_words("question_id", "question", "reason"),
)
TURNS = Table(
    "turns",
    _METADATA,
    *_key("session_id", "number"),
    Column("position", Integer),
    Column("attempt", Integer),
    *_words("kind", "prompt", "note", "unsure", "asked", "reply", "answered", "intent"),
    *_words("grade", "standing", "reason", "hinted", "cited"),
)
RATINGS = Table("ratings", _METADATA, *_key("session_id", "position"), *_words("rating", "written"))
RETRIES = Table(
    "retries",
    _METADATA,
    *_key("session_id", "number", "attempt"),
    *_words("answer", "written", "grade"),
)
DISAGREEMENTS = Table(
    "disagreements",
    _METADATA,
    *_key("session_id", "number", "attempt"),
    *_words("reason", "written", "before", "regrade"),
)
PROFILES = Table("profiles", _METADATA, *_key("person", "kind"), *_words("name", "text", "written"))
AVOIDED_TOPICS = Table(
    "avoided_topics", _METADATA, *_key("person", "topic"), Column("written", Words)
)
TABLES: tuple[Table, ...] = tuple(_METADATA.sorted_tables)
