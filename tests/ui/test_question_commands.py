"""`questions generate` and `review`: what a model writes is asked only once it was kept."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Command
from rich.console import Console

from agent.llm.scripted import ScriptedModel
from agent.question_review import QuestionReview
from corpus.digest import digest
from corpus.schema import Document, KeyPoint, Question, Reference
from index.drafts import Draft
from index.store import Store
from ui.review import Review

WHEN = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
TEXT = """# Tea

Green tea is steeped at eighty degrees, since boiling water makes it bitter. Black tea takes
boiling water and five minutes, because its leaves are oxidised and give their tannins slowly.
"""
HEAT = "Green tea is steeped at eighty degrees"
BITTER = "boiling water makes it bitter"


def draft(wording: str) -> Draft:
    document = Document("tea", "/tea.md", "Tea", "text/markdown", "user", "0" * 64, TEXT)
    passage = document.span(7, len(TEXT) - 1)
    start = TEXT.index(HEAT)
    question = Question(
        id=f"tea-{len(wording)}",
        document_id="tea",
        topic="Tea",
        question=wording,
        kind="concept",
        origin="generated",
        difficulty=2,
        roles=(),
        reference=Reference.of((passage,)),
        key_points=(
            KeyPoint("k1", "At eighty degrees.", 1.0, document.span(start, start + len(HEAT))),
        ),
    )
    return Draft(question, passage, "toy", WHEN.isoformat())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A data folder in which three drafts wait."""
    document = Document("tea", "/tea.md", "Tea", "text/markdown", "user", "0" * 64, TEXT)
    with Store(tmp_path / "greenroom.db") as opened:
        opened.put_unembedded(replace(digest(document), questions=()), WHEN)
        wordings = ("How hot is the water?", "How hot is the water for green tea?", "Why so cool?")
        opened.drafts.add([draft(wording) for wording in wordings])
        yield opened


def reviewed(store: Store, *typed: str) -> str:
    """What stood on the screen after these lines."""
    waiting = iter(typed)
    stream = io.StringIO()

    def ask(prompt: str) -> str:
        stream.write(prompt)
        try:
            return next(waiting)
        except StopIteration:
            raise EOFError from None

    Review(QuestionReview(store), Console(file=stream, width=90, highlight=False), ask).run()
    return stream.getvalue()


def test_each_draft_is_shown_with_its_source_and_decided_on(store: Store) -> None:
    screen = reviewed(store, "k", "R", "?", "l")
    assert f"tea.md, {TEXT.index(HEAT)}: “{HEAT}”" in screen
    assert "• At eighty degrees." in screen
    assert "1 left to review." in screen
    assert [q.question for q in store.questions()] == ["How hot is the water?"]
    assert [d.question.question for d in store.drafts.all("rejected")] == [
        "How hot is the water for green tea?"
    ]


def test_only_a_letter_or_the_whole_word_decides(store: Store) -> None:
    assert "3 left" in reviewed(store, "rather not", "know nothing of it", "kk", "quiet", "quit")
    assert "1 left" in reviewed(store, " Keep ", "REJECT", "later")
    assert len(store.questions()) == len(store.drafts.all("rejected")) == 1


def test_quitting_or_an_end_of_input_keeps_what_was_decided(store: Store) -> None:
    assert "2 left" in reviewed(store, "k", "q", "k")
    assert "1 left" in reviewed(store, "k")
    assert len(store.questions()) == 2


def test_an_edit_is_shown_again_and_a_wrong_quote_told(store: Store) -> None:
    wording = ("Why is green tea steeped cooler?", "Boiling water makes it bitter.")
    screen = reviewed(store, "e", *wording, "steeped at ninety degrees", BITTER, "k", "q")
    assert "does not stand in 'Tea'" in " ".join(screen.split())
    (kept,) = store.questions()
    assert kept.question == "Why is green tea steeped cooler?"
    (point,) = kept.key_points
    assert point.span is not None
    assert TEXT[point.span.start : point.span.end] == BITTER


def test_a_point_can_be_dropped_but_not_the_last(store: Store) -> None:
    assert "0 points" in reviewed(store, "e", "", "-", "q")
    assert len(store.drafts.all("waiting")) == 3


def test_what_a_model_wrote_is_never_markup_or_control(store: Store) -> None:
    evil = draft("Why [bold red]so[/] \x1b[31mcool?")
    store.drafts.add([replace(evil, question=replace(evil.question, id="tea-evil"))])
    screen = reviewed(store, "l", "l", "l", "l")
    assert "[bold red]so[/]" in screen
    assert "\x1b" not in screen


def test_review_lists_and_decides_without_a_terminal(
    store: Store, tmp_path: Path, greenroom: Command
) -> None:
    first, second, third = (d.id for d in QuestionReview(store).waiting())
    rows = greenroom("questions", "review", "--json", "--home", tmp_path).rows
    assert [row["id"] for row in rows] == [first, second, third]
    assert rows[0]["question"]["origin"] == "generated"
    span = rows[0]["question"]["key_points"][0]["span"]
    assert TEXT[span["start"] : span["end"]] == span["quote"] == HEAT
    done = greenroom("questions", "review", "--keep", first, "--reject", second, "--home", tmp_path)
    assert done.code == 0
    assert [q.id for q in store.questions(source="user")] == [first]
    told = greenroom("questions", "review", "--keep", second, "--home", tmp_path)
    assert told.code == 1
    assert second in told.err
    listed = greenroom("questions", "--source", "user", "--json", "--home", tmp_path).rows
    assert [row["id"] for row in listed] == [first]


def test_options_before_a_command_below_are_refused(tmp_path: Path, greenroom: Command) -> None:
    done = greenroom("questions", "--home", tmp_path, "review")
    assert done.code == 2
    assert "--home belongs after review" in done.err


def test_writing_needs_a_model_that_answers(
    tmp_path: Path, greenroom: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GREENROOM_LLM_URL", raising=False)
    done = greenroom("questions", "generate", "--home", tmp_path)
    assert done.code == 4
    assert "greenroom serve" in done.err


def test_a_cv_is_kept_and_forgotten_by_name(
    tmp_path: Path, greenroom: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent.settings import load_settings
    from agent.workspace import Workspace
    from ui.workspaces import keep_papers

    cv = tmp_path / "me.md"
    cv.write_text("# Jane Peculiar\n\nReact and CSS.\n", encoding="utf-8")
    home = tmp_path / "home"
    workspace = Workspace(load_settings(home=home))
    keep_papers(workspace, cv, None)
    kept = workspace.profiles.get("local").cv
    assert kept is not None
    assert "Jane Peculiar" in kept.text
    workspace.close()
    assert greenroom("forget", "--cv", "--all", "--home", home).code == 2
    assert greenroom("forget", "--cv", "--json", "--home", home).json == {"CVs": 1}
    assert greenroom("forget", "--cv", "--json", "--home", home).json == {"CVs": 0}
    assert not any(b"Peculiar" in f.read_bytes() for f in home.rglob("*") if f.is_file())
    answers = tmp_path / "answers.jsonl"
    answers.write_text('{"answer": "x"}\n', encoding="utf-8")
    arguments = ("quiz", "--answers", answers, "--grader", "embedded", "--home", home)
    for wrong in (tmp_path / "none.md", tmp_path / "cv.exe", tmp_path):
        done = greenroom(*arguments, "--cv", wrong)
        assert done.code == 1, wrong
        assert wrong.name in done.err


@pytest.mark.slow
def test_from_a_document_to_a_question_of_the_bank(
    tmp_path: Path, greenroom: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "tea.md"
    notes.write_text(TEXT, encoding="utf-8")
    home = tmp_path / "home"
    written = {
        "questions": [
            {
                "question": "Why is green tea not made with water as hot as black tea's?",
                "points": [
                    {"text": "Boiling water makes it bitter.", "quote": BITTER},
                    {"text": "It is steeped at eighty degrees.", "quote": HEAT},
                ],
                "difficulty": 2,
            },
            {
                "question": "How long does white tea take?",
                "points": [{"text": "It takes an hour.", "quote": "white tea takes an hour"}],
                "difficulty": 2,
            },
        ]
    }
    assert greenroom("ingest", notes, "--home", home).code == 0
    with ScriptedModel("good", writes=lambda title, prompt: written) as server:
        monkeypatch.setenv("GREENROOM_LLM_URL", server.url)
        done = greenroom("questions", "generate", "--document", notes, "--json", "--home", home)
    assert done.code == 0, done.err
    (row,) = done.rows
    assert "does not stand in the passage" in done.err
    span = row["question"]["key_points"][0]["span"]
    assert TEXT[span["start"] : span["end"]] == span["quote"]
    assert greenroom("questions", "review", "--keep", row["id"], "--home", home).code == 0
    listed = greenroom("questions", "--document", notes, "--json", "--home", home).rows
    assert [q["id"] for q in listed if q["origin"] == "generated"] == [row["id"]]
    assert greenroom("forget", "--all", "--home", home).code == 0
    assert notes.exists()
