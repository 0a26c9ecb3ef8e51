"""What a data folder holds, by the names that people give."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.once import once
from agent.settings import load_settings
from agent.workspace import NotFoundError, Workspace
from corpus.digest import digest
from corpus.schema import Document

WHEN = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace(load_settings(home=tmp_path / "home"))
    yield opened
    opened.close()


def test_a_topic_is_named_as_in_an_interview(workspace: Workspace) -> None:
    questions = workspace.questions("cuDNN")
    assert {q.topic for q in questions} == {"cuDNN in depth"}
    assert questions == workspace.questions("cuDNN in depth")
    assert workspace.questions("no such topic") == ()
    assert workspace.questions("cuDNN", document="library:python") == ()
    with pytest.raises(NotFoundError, match="'nonesuch'"):
        workspace.questions(document="nonesuch")
    # A search takes the documents with questions on it.
    assert workspace.filters(topic="cuDNN").document_ids == {"library-cudnn"}
    assert workspace.filters(topic="cuDNN", document="library:python").document_ids == set()
    assert workspace.filters(topic="no such topic").document_ids == set()
    assert workspace.filters(topic="cuDNN", source="user").document_ids == set()
    assert workspace.filters().any


def test_a_search_by_topic_looks_where_questions_does(workspace: Workspace) -> None:
    """A topic of the library of the very name does not hide the person's own."""
    text = (
        "# Python at work\n\n## What is a wheel?\n\nA wheel is a built package, ready to install.\n"
    )
    document = Document("mine", "/n.md", "Python at work", "text/markdown", "user", "0", text)
    workspace.store.put_unembedded(digest(document), WHEN)
    assert [q.document_id for q in workspace.questions("python", source="user")] == ["mine"]
    assert workspace.filters("user", "python").document_ids == {"mine"}
    assert workspace.filters(topic="python", document="mine").document_ids == {"mine"}


def test_a_thing_is_made_once_however_many_threads_ask() -> None:
    made: list[int] = []

    class Slow:
        @once
        def thing(self) -> int:
            time.sleep(0.02)
            made.append(len(made))
            return len(made)

    slow = Slow()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: slow.thing, range(8))) == {1}
    assert made == [0]
    assert Slow().thing == 2  # another object has its own


def test_what_failed_is_made_anew() -> None:
    class Flaky:
        tries = 0

        @once
        def thing(self) -> int:
            self.tries += 1
            if self.tries == 1:
                raise OSError("not yet")
            return self.tries

    flaky = Flaky()
    with pytest.raises(OSError, match="not yet"):
        _ = flaky.thing
    assert flaky.thing == flaky.thing == 2
