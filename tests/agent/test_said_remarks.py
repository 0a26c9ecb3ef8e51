"""Remarks are made once a mark, go on without a reader, and go with their interview."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from agent.llm.faults import ModelUnavailableError
from agent.remarks import Remark
from agent.said_remarks import SaidRemarks
from corpus.schema import GreenroomError

FIRST, SECOND = Remark("good", "one"), Remark("missed", "two")


class Model:
    """Says two sentences, the second when it is let; counts how often it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.let = threading.Event()
        self.asked: list[tuple[str, int]] = []
        self.error = error
        self.done = threading.Event()

    def remarks(self, session: str, number: int) -> Iterator[Remark]:
        self.asked.append((session, number))
        return self._said()

    def _said(self) -> Iterator[Remark]:
        yield FIRST
        assert self.let.wait(20)
        if self.error is not None:
            raise self.error
        yield SECOND
        self.done.set()


def test_readers_share_a_run_which_goes_on_without_them() -> None:
    model = Model()
    said = SaidRemarks(model.remarks, lambda _: True)
    one, other = said.follow("s", 2), said.follow("s", 2)
    assert (next(one), next(other)) == (FIRST, FIRST)
    assert said.kept("s") == {2: (FIRST,)}
    del one
    model.let.set()
    assert model.done.wait(20)
    assert list(other) == [SECOND]
    assert list(said.follow("s", 2)) == [FIRST, SECOND]
    assert said.kept("s") == {2: (FIRST, SECOND)}
    assert said.kept("other") == {}


def test_what_fails_is_told_to_each_reader_and_tried_again() -> None:
    model = Model(ModelUnavailableError("gone"))
    model.let.set()
    said = SaidRemarks(model.remarks, lambda _: True)
    for _ in range(2):
        with pytest.raises(ModelUnavailableError):
            list(said.follow("s", 2))
    assert said.kept("s") == {2: (FIRST,)}


def test_where_nothing_was_said_a_model_that_came_since_is_asked() -> None:
    replies = [iter(()), iter([FIRST])]
    said = SaidRemarks(lambda *_: replies.pop(0), lambda _: True)
    assert list(said.follow("s", 2)) == []
    assert list(said.follow("s", 2)) == [FIRST]


def test_forgotten_interviews_and_the_oldest_marks_are_dropped() -> None:
    there = {"a", "b"}
    said = SaidRemarks(lambda *_: iter([FIRST]), there.__contains__, most=3)
    for session in ("a", "b"):
        for number in (2, 3):
            assert list(said.follow(session, number)) == [FIRST]
    assert set(said.kept("a")) == {3}
    there.discard("a")
    assert list(said.follow("b", 4)) == [FIRST]
    assert said.kept("a") == {}
    assert set(said.kept("b")) == {2, 3, 4}


def test_an_interview_that_cannot_be_read_keeps_no_other_waiting() -> None:
    def there(_: str) -> bool:
        raise GreenroomError("a row cannot be read")

    said = SaidRemarks(lambda *_: iter([FIRST]), there)
    for session in ("damaged", "sound", "sound"):
        assert list(said.follow(session, 2)) == [FIRST]
    assert said.kept("damaged") == {2: (FIRST,)}


def test_a_run_that_could_not_begin_is_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    said = SaidRemarks(lambda *_: iter([FIRST]), lambda _: True)

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        with pytest.raises(RuntimeError):
            said.follow("s", 2)
    read: list[Remark] = []
    reader = threading.Thread(target=lambda: read.extend(said.follow("s", 2)), daemon=True)
    reader.start()
    reader.join(20)
    assert read == [FIRST]
