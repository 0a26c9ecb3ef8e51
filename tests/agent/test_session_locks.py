"""Locks of sessions: one thread at a time, and nothing stays of a session nobody works on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.session_locks import SessionLocks

PATIENCE = 10  # seconds


class Alone:
    """No other process is there."""

    @contextmanager
    def held(self, session_id: str) -> Iterator[None]:
        """Nobody to wait for."""
        yield


class Refusing:
    """The lock between processes cannot be had."""

    @contextmanager
    def held(self, session_id: str) -> Iterator[None]:
        """What a server out of reach raises."""
        raise OSError("out of reach")
        yield


def test_a_second_thread_waits_for_the_first_and_both_for_no_other_session() -> None:
    locks = SessionLocks(Alone())
    entered, leave = threading.Event(), threading.Event()

    def second() -> None:
        with locks.held("a"):
            entered.set()
            leave.wait(PATIENCE)

    with locks.held("a"):
        thread = threading.Thread(target=second)
        thread.start()
        with locks.held("b"):
            assert not entered.wait(0.1)
    assert entered.wait(PATIENCE)
    assert locks.sessions == {"a"}
    leave.set()
    thread.join(PATIENCE)
    assert locks.sessions == frozenset()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 3).map(str), max_size=60))
def test_however_threads_take_turns_no_session_is_held_twice_and_none_stays(ids: list[str]) -> None:
    locks = SessionLocks(Alone())
    inside = dict.fromkeys(ids, 0)
    met: list[int] = []

    def work(session_id: str) -> None:
        with locks.held(session_id):
            inside[session_id] += 1
            met.append(inside[session_id])
            inside[session_id] -= 1

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, ids))
    assert met == [1] * len(ids)
    assert locks.sessions == frozenset()


def test_a_session_that_could_not_be_held_is_let_go_of() -> None:
    locks = SessionLocks(Refusing())
    with pytest.raises(OSError, match="out of reach"), locks.held("a"):
        pass
    assert locks.sessions == frozenset()
