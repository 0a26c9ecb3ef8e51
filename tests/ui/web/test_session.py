"""What the web page does for a browser, against a history of fakes."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from agent.grades import AnswerSpan
from agent.interview import SessionNotFoundError, TurnError
from agent.plan import PlanError
from agent.turns import Turn, Unsure
from corpus.schema import Document
from ui.views import Citation
from ui.web.session import ALL_ROLES, ALL_TOPICS, LONGEST_ANSWER, Browser, WebSession
from ui.web.transcript import Passages

ANNA = Browser("anna" * 6, session="s1", turn=1).stored()
MALLORY = Browser("mallory" * 4, session="s1", turn=1).stored()
TURN = Turn(
    "s1", 1, "question", None, "What is a berth?", 1, 2, 0, "", None, (), None, None, None, None,
    False,
)  # fmt: skip
UNSURE = tuple(
    Unsure(i, f"point {i}", AnswerSpan(0, 2, "it"), None, "partial", 0.4) for i in ("k1", "k2")
)


class FakeInterview:
    """One session of Anna's; writes down what it is told."""

    def __init__(self) -> None:
        self.pending = TURN
        self.told: list[tuple[Any, ...]] = []

    def report(self, session_id: str) -> Any:
        if session_id != "s1":
            raise SessionNotFoundError("none")
        return SimpleNamespace(person=ANNA["person"])

    def current(self, session_id: str) -> Turn:
        return self.pending

    def turns(self, session_id: str) -> tuple[Turn, ...]:
        return (self.pending,)

    def start(self, options: Any, person: str) -> Turn:
        if options.topics == ("<none>",):
            raise PlanError("no questions on <none>")
        self.told.append(("start", options.topics, options.roles, options.count, person))
        return TURN

    def answer(self, session_id: str, text: str, expected: int | None) -> None:
        if expected is not None and expected > self.pending.number:
            raise TurnError("not put yet")
        self.told.append(("answer", session_id, text, expected))

    def confirm(self, session_id: str, verdicts: Any, expected: int | None) -> None:
        self.told.append(("confirm", session_id, dict(verdicts), expected))

    def stop(self, session_id: str) -> None:
        self.told.append(("stop", session_id))


@pytest.fixture
def interview() -> FakeInterview:
    """The fake history."""
    return FakeInterview()


@pytest.fixture
def session(interview: FakeInterview) -> WebSession:
    """The page's actions on it."""
    store = SimpleNamespace(document=lambda _: None)
    workspace: Any = SimpleNamespace(interview=interview, store=store)
    return WebSession(workspace)


def test_the_owner_sees_the_pending_turn(session: WebSession) -> None:
    view = session.show(ANNA)
    assert view.turn is TURN
    assert view.browser.stored() == ANNA


def test_someone_else_sees_and_does_nothing(session: WebSession, interview: FakeInterview) -> None:
    views = [
        session.show(MALLORY),
        session.answer(MALLORY, "mine now"),
        session.confirm(MALLORY, ["covered"]),
        session.stop(MALLORY),
    ]
    assert all(view.turn is None and view.messages == () for view in views)
    assert all(view.browser.session is None for view in views)
    assert interview.told == []


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "anna",
        [],
        {},
        {"person": "short", "session": "s1"},
        {"person": None},
        {**ANNA, "account": "bob"},
        {"person": 7, "account": None},
    ],
)
def test_storage_of_no_use_gives_a_new_token(session: WebSession, stored: object) -> None:
    first, second = session.show(stored).browser, session.show(stored).browser
    assert first.session is None
    assert len(first.person) >= 20
    assert first.person != second.person


def test_an_account_does_not_see_what_another_left_in_the_browser(session: WebSession) -> None:
    anna = {**ANNA, "account": "anna"}
    assert session.show(anna, "anna").turn is TURN
    assert session.show(anna, "bob").turn is None
    assert session.show(anna).turn is None


def test_an_answer_is_for_the_turn_that_the_page_showed(
    session: WebSession, interview: FakeInterview
) -> None:
    interview.pending = replace(TURN, number=3)
    view = session.answer(ANNA, "late")
    assert interview.told == [("answer", "s1", "late", 1)]
    assert view.browser.turn == 3


def test_a_turn_not_yet_put_is_an_alert(session: WebSession, interview: FakeInterview) -> None:
    view = session.answer({**ANNA, "turn": 9}, "early")
    assert view.alert == "not put yet"
    assert view.turn is TURN


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing in the answer box"),
        (" \n\t", "nothing in the answer box"),
        ("x" * (LONGEST_ANSWER + 1), "100,001 characters"),
    ],
)
def test_what_cannot_be_an_answer_is_not_sent(
    session: WebSession, interview: FakeInterview, text: str, told: str
) -> None:
    view = session.answer(ANNA, text)
    assert told in view.alert
    assert view.turn is TURN
    assert interview.told == []


def test_an_answer_of_the_greatest_length_is_sent(
    session: WebSession, interview: FakeInterview
) -> None:
    session.answer(ANNA, "x" * LONGEST_ANSWER)
    assert len(interview.told) == 1


def test_choices_go_to_the_points_in_order(session: WebSession, interview: FakeInterview) -> None:
    interview.pending = replace(TURN, kind="confirm")
    object.__setattr__(interview.pending, "unsure", UNSURE)
    session.confirm(ANNA, [None, "contradicted", None])
    session.confirm(ANNA, ["nonsense", "covered", "covered"])
    assert interview.told == [
        ("confirm", "s1", {"k2": "contradicted"}, 1),
        ("confirm", "s1", {"k2": "covered"}, 1),
    ]


def test_a_start_is_for_the_browser_that_asked(
    session: WebSession, interview: FakeInterview
) -> None:
    person = Browser("anna" * 6)
    view = session.start(person.stored(), ALL_TOPICS, ALL_ROLES, 4.0)
    session.start(person.stored(), "ships", "pilot", 1)
    assert interview.told == [
        ("start", (), (), 4, person.person),
        ("start", ("ships",), ("pilot",), 1, person.person),
    ]
    assert view.browser.session == "s1"


def test_a_start_without_questions_is_an_alert(session: WebSession) -> None:
    view = session.start(None, "<none>", ALL_ROLES, 3)
    assert view.alert == "no questions on <none>"
    assert view.turn is None


def test_leaving_forgets_the_session_but_not_the_person(session: WebSession) -> None:
    view = session.leave(ANNA)
    assert view.turn is None
    assert view.browser == Browser("anna" * 6)


def test_a_passage_comes_with_its_surroundings_and_documents_are_read_once() -> None:
    text = "before " * 200 + "THE QUOTE" + " after" * 200
    start = text.index("THE")
    document = Document("d", "/d.md", "d", "text/markdown", "user", "", text)
    read: list[str] = []

    def load(document_id: str) -> Document | None:
        read.append(document_id)
        return document if document_id == "d" else None

    store: Any = SimpleNamespace(document=load)
    passages = Passages(store)
    before, quote, after = passages(Citation("d", "d.md", "THE QUOTE", start, start + 9))
    assert (quote, before[:7], after[-6:]) == ("THE QUOTE", "…before", "after…")
    stale = passages(Citation("d", "d.md", "CHANGED", start, start + 9))
    assert stale == ("", "CHANGED", "")
    assert passages(Citation("gone", "x", "kept", 0, 4)) == ("", "kept", "")
    assert read == ["d", "gone"]
