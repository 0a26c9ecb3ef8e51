"""The load figures can fail: a turn that the server did not take is counted as lost."""

from __future__ import annotations

import time
from typing import Any

import pytest

from evals import load
from evals.http_person import EventError

SOON = 0.2 / 60  # minutes
PAUSE = 0.005  # seconds


class Person:
    """A person whose server takes every answer at once; three make an interview."""

    def __init__(self, url: str) -> None:
        self.stored: Any = {"session": "s", "turn": 1}

    def open(self) -> None:
        """Nothing to read."""

    def close(self) -> None:
        """Nothing to close."""

    def do(self, name: str, **given: Any) -> dict[str, Any]:
        """Begin, or take an answer."""
        if name == "start":
            self.stored = {"session": "s", "turn": 1}
        if name == "send":
            self.take()
        return {"again": {"visible": self.stored["turn"] == 4}}

    def take(self) -> None:
        """The next turn is shown."""
        self.stored = {"session": "s", "turn": self.stored["turn"] + 1}


class Stuck(Person):
    """The server shows the same turn again."""

    def take(self) -> None:
        """Nothing happens."""


class Refused(Person):
    """The server fails."""

    def take(self) -> None:
        """What a failed event raises."""
        raise EventError("no")


def met(monkeypatch: pytest.MonkeyPatch, person: type[Person], pause: float = PAUSE) -> load.Tally:
    """What three such people meet."""
    monkeypatch.setattr(load, "HttpPerson", person)
    tally, _ = load.run("http://nowhere", 0, people=3, minutes=SOON, pause=pause)
    return tally


def test_answers_and_interviews_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = met(monkeypatch, Person)
    assert tally.lost == []
    assert tally.sessions > 3
    assert 3 * tally.sessions >= len(tally.seconds) > tally.sessions


@pytest.mark.parametrize(("person", "told"), [(Stuck, "the page shows"), (Refused, "EventError")])
def test_what_is_lost_is_counted(
    monkeypatch: pytest.MonkeyPatch, person: type[Person], told: str
) -> None:
    tally = met(monkeypatch, person)
    assert len(tally.lost) >= 3
    assert all(told in line for line in tally.lost)


def test_a_longer_pause_asks_less_and_never_past_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    tally = met(monkeypatch, Person, pause=1000.0)
    assert tally.seconds == []
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("pause", ["0", "-3", "soon"])
def test_a_pause_is_above_zero(pause: str) -> None:
    with pytest.raises(SystemExit) as refused:
        load.main(["--pause", pause])
    assert refused.value.code == 2
