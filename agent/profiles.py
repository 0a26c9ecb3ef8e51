"""What a person says of themselves and of the job: a CV and a job description, as text.

Invariant: one text of each kind for a person, the last that was given; it stands in the database of
sessions and nowhere else, and is gone when it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import delete, select

from agent.addenda import writable
from agent.archive import Archive, Row
from agent.tables import PROFILES
from corpus.schema import GreenroomError

Kind = Literal["cv", "job"]
LONGEST = 100_000  # characters


class ProfileError(GreenroomError):
    """A CV or a job description cannot be kept; the message says why."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One text. `name` is the file's or what the person calls it, `written` ISO 8601."""

    name: str
    text: str
    written: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What is there of a person; None where nothing is."""

    cv: Paper | None = None
    job: Paper | None = None


class Profiles:
    """The profiles in a history's database. `clock` dates what is written."""

    def __init__(self, database: Archive, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def save(self, person: str, kind: Kind, name: str, text: str) -> Paper:
        """Keep a text in place of the one of its kind. Raises `ProfileError` for an empty one, one
        of over `LONGEST` characters, and an unknown kind."""
        if kind not in get_args(Kind):
            raise ProfileError(f"{kind!r} is no kind of profile; use one of: cv, job")
        if not text.strip():
            raise ProfileError(f"{name or kind} holds no text; choose another file or paste it")
        if len(text) > LONGEST:
            raise ProfileError(
                f"{name or kind} has {len(text):,} characters; shorten it to {LONGEST:,}"
            )
        when = self._clock().isoformat(timespec="seconds")
        paper = Paper(writable(name), writable(text), when)
        with self._database.transaction() as connection:
            connection.execute(
                self._database.replacing(PROFILES),
                {"person": person, "kind": kind, **asdict(paper)},
            )
        self._database.scrub()
        return paper

    def get(self, person: str) -> Profile:
        """What is there of a person."""
        rows = self._database.rows(select(PROFILES).where(PROFILES.c.person == person))
        papers = {row["kind"]: _paper(row) for row in rows}
        return Profile(papers.get("cv"), papers.get("job"))

    def forget(self, person: str, kind: Kind | None = None) -> bool:
        """Really delete the texts of a person (of one kind). False where there are none."""
        unwanted = delete(PROFILES).where(PROFILES.c.person == person)
        if kind is not None:
            unwanted = unwanted.where(PROFILES.c.kind == kind)
        with self._database.transaction() as connection:
            done = connection.execute(unwanted)
        self._database.scrub()
        return done.rowcount > 0

    def forget_all(self) -> int:
        """Really delete the texts of everybody; how many there were."""
        with self._database.transaction() as connection:
            done = connection.execute(delete(PROFILES))
        self._database.scrub()
        return done.rowcount


def _paper(row: Row) -> Paper:
    return Paper(row["name"], row["text"], row["written"])
