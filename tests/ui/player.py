"""Holds a quiz with lines typed ahead, on a screen that is a string."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from rich.console import Console

from agent.plan import Options
from ui import quiz
from ui.quiz import Quiz

Play = Callable[..., str]


def player(stage: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Play:
    """A function that holds a session of the stage and returns what stood on the screen."""

    def held(
        session_id: str,
        *typed: str | type[BaseException],
        width: int = 80,
        in_words: bool = False,
    ) -> str:
        waiting = iter(typed)
        stream = io.StringIO()

        def ask(prompt: str) -> str:
            said = next(waiting, EOFError)
            stream.write(prompt)
            if isinstance(said, str):
                stream.write(said + "\n")
                return said
            raise said

        monkeypatch.setattr(quiz, "_ask", ask)
        monkeypatch.setattr(quiz, "_prepare_input", lambda: None)
        console = Console(file=stream, width=width, highlight=False)
        Quiz(stage, console, in_words=in_words).play(session_id)
        return stream.getvalue()

    return held


def begin(stage: SimpleNamespace, count: int = 2) -> str:
    """A new session of the stage."""
    session: str = stage.interview.start(Options(count=count, seed=1)).session_id
    return session
