"""What a person says of themselves and of the job: a CV, a job description, how senior they are.

Invariant: one text of each kind for a person, the last that was given; it stands in the database of
sessions and nowhere else, and is gone when it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import ColumnElement, delete, select

from agent.addenda import writable
from agent.archive import Archive, Row
from agent.tables import PROFILES
from corpus.schema import GreenroomError

Kind = Literal["cv", "job"]
LONGEST = 100_000  # characters
LONGEST_SENIORITY = 80  # characters
_SENIORITY = "seniority"  # as a kind of text in the table


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
    """What is there of a person; None where nothing is. `seniority` is in their own words."""

    cv: Paper | None = None
    job: Paper | None = None
    seniority: str = ""


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
        return self._written(person, kind, name, text)

    def save_seniority(self, person: str, seniority: str) -> str:
        """Keep how senior a person is, or forget it where nothing is said; what is kept. Raises
        `ProfileError` for more than `LONGEST_SENIORITY` characters."""
        said = checked_seniority(seniority)
        if said:
            self._written(person, _SENIORITY, "", said)
        else:
            self._delete(PROFILES.c.person == person, PROFILES.c.kind == _SENIORITY)
        return said

    def get(self, person: str) -> Profile:
        """What is there of a person."""
        rows = self._database.rows(select(PROFILES).where(PROFILES.c.person == person))
        papers = {row["kind"]: _paper(row) for row in rows}
        senior = papers.get(_SENIORITY)
        return Profile(papers.get("cv"), papers.get("job"), senior.text if senior else "")

    def forget(self, person: str, kind: Kind | None = None) -> bool:
        """Really delete the texts of a person (of one kind). False where there are none."""
        of_kind = [] if kind is None else [PROFILES.c.kind == kind]
        return self._delete(PROFILES.c.person == person, *of_kind) > 0

    def forget_all(self) -> int:
        """Really delete the texts of everybody; how many there were."""
        return self._delete()

    def _written(self, person: str, kind: str, name: str, text: str) -> Paper:
        when = self._clock().isoformat(timespec="seconds")
        paper = Paper(writable(name), writable(text), when)
        with self._database.transaction() as connection:
            connection.execute(
                self._database.replacing(PROFILES),
                {"person": person, "kind": kind, **asdict(paper)},
            )
        self._database.scrub()
        return paper

    def _delete(self, *conditions: ColumnElement[bool]) -> int:
        with self._database.transaction() as connection:
            done = connection.execute(delete(PROFILES).where(*conditions))
        self._database.scrub()
        return done.rowcount


def checked_seniority(said: str) -> str:
    """How senior somebody is, in one line that can be written. Raises `ProfileError` for one that
    is too long."""
    line = " ".join(writable(said).split())
    if len(line) > LONGEST_SENIORITY:
        raise ProfileError(
            f"the seniority has {len(line)} characters, at most {LONGEST_SENIORITY} are read; say "
            "it in a few words, for example: senior, eight years of CUDA"
        )
    return line


def _paper(row: Row) -> Paper:
    return Paper(row["name"], row["text"], row["written"])
