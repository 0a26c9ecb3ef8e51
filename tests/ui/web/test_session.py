"""What the web page does for a browser, on real interviews with a grader computed by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rehearsal import Bank, make_bank, make_interview, make_question

from agent.interview import Interview
from agent.turns import Turn
from corpus.schema import Question
from ui.web.asked import LONGEST_ANSWER
from ui.web.beginning import ALL_ROLES, ALL_TOPICS
from ui.web.people import Browser, person_of
from ui.web.session import View, WebSession

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ANNA = Browser("anna" * 6).stored()
FULL = "alpha beta gamma delta"
UNSURE = "ALPHA GAMMA"  # both points in part, and the grader is sure of neither


class FakeWorkspace:
    """Questions and interviews, without a store or a model."""

    def __init__(self, home: Path, bank: Bank) -> None:
        self._bank = bank
        self.interview: Interview = make_interview(home, bank)

    def questions(self) -> tuple[Question, ...]:
        return tuple(self._bank.questions())


@pytest.fixture
def workspace(tmp_path: Path) -> Any:
    """A data folder with a small bank."""
    made = FakeWorkspace(tmp_path, make_bank())
    yield made
    made.interview.close()


@pytest.fixture
def session(workspace: Any) -> WebSession:
    """The page's actions on it."""
    return WebSession(workspace, lambda: NOW)


def begun(session: WebSession, stored: object = ANNA, **changes: Any) -> View:
    """An interview that was started."""
    options = {"topic": ALL_TOPICS, "role": ALL_ROLES, "count": 3, **changes}
    return session.start(stored, **options)


def ask(page: WebSession, view: View, **request: Any) -> View:
    """A button of the page."""
    return page.ask(view.browser.stored(), json.dumps(request))


def turn_of(view: View) -> Turn:
    """The turn that waits."""
    assert view.turn is not None
    return view.turn


def test_without_accounts_browser_and_terminal_are_one_person(
    session: WebSession, workspace: Any
) -> None:
    begun(session)
    assert [s.person for s in workspace.interview.history.sessions()] == [person_of(None)]
    assert person_of(None) != person_of("local")


def test_an_account_begins_under_its_own_name(session: WebSession, workspace: Any) -> None:
    begun(session, None, account="anna")
    assert [s.person for s in workspace.interview.history.sessions()] == ["account-anna"]


def test_another_account_sees_and_does_nothing(session: WebSession, workspace: Any) -> None:
    anna = begun(session, None, account="anna").browser
    assert anna.session is not None
    mallory = replace(anna, account="mallory").stored()
    request = json.dumps({"do": "open", "session": anna.session})
    views = [
        session.show(mallory, "mallory"),
        session.answer(mallory, "mine now", "mallory"),
        session.ask(mallory, request, "mallory"),
        session.ask(None, request, "mallory"),
        session.stop(mallory, "mallory"),
    ]
    assert all(v.turn is None and v.transcript == "" for v in views)
    assert all(v.browser.session is None for v in views)
    assert all(v.beginning is not None and not v.beginning.open for v in views)
    assert len(workspace.interview.turns(anna.session)) == 1


def test_an_old_token_keeps_the_interview_that_it_began(
    session: WebSession, workspace: Any
) -> None:
    from agent.plan import Options

    token = "web-" + "x" * 24
    turn = workspace.interview.start(Options(count=2), person=token)
    stored = {"person": token, "account": None, "session": turn.session_id, "turn": 1}
    view = session.answer(stored, FULL)
    assert turn_of(view).number == 2
    left = session.leave(view.browser.stored())
    assert left.beginning is not None
    assert [s.id for s in left.beginning.open] == [turn.session_id]
    other = session.show({**stored, "person": "web-" + "y" * 24})
    assert other.turn is None


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
    assert len(first.token) >= 20
    assert first.token != second.token


def test_the_same_submission_twice_counts_once(session: WebSession) -> None:
    view = begun(session)
    stored = view.browser.stored()
    first = session.answer(stored, FULL)
    again = session.answer(stored, "another answer to the same turn")
    assert turn_of(first).number == turn_of(again).number == 2
    assert "another answer" not in again.transcript


def test_a_turn_not_yet_put_is_an_alert(session: WebSession) -> None:
    view = begun(session)
    early = session.answer({**view.browser.stored(), "turn": 9}, "early")
    assert "not put yet" in early.alert
    assert turn_of(early).number == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing in the answer box"),
        (" \n\t", "nothing in the answer box"),
        ("x" * (LONGEST_ANSWER + 1), "100,001 characters"),
    ],
)
def test_what_cannot_be_an_answer_is_not_sent(session: WebSession, text: str, told: str) -> None:
    view = session.answer(begun(session).browser.stored(), text)
    assert told in view.alert
    assert turn_of(view).number == 1


def test_one_tap_a_point_and_the_last_one_goes_on(session: WebSession, workspace: Any) -> None:
    view = session.answer(begun(session).browser.stored(), UNSURE)
    put = turn_of(view)
    assert view.confirming
    first = ask(session, view, do="verdict", turn=put.number, point="k1", verdict="covered")
    assert first.confirming
    assert first.browser.taps == {"k1": "covered"}
    reloaded = session.show(first.browser.stored())
    assert reloaded.browser.taps == {"k1": "covered"}
    changed = ask(session, reloaded, do="verdict", turn=put.number, point="k1", verdict="partial")
    last = ask(session, changed, do="verdict", turn=put.number, point="k2", verdict="missing")
    assert not last.confirming
    assert last.browser.taps == {}
    said = workspace.interview.turns(str(last.browser.session))[put.number - 1].verdicts
    assert said == {"k1": "partial", "k2": "missing"}


def test_the_rest_may_be_left_as_guessed(session: WebSession, workspace: Any) -> None:
    view = session.answer(begun(session).browser.stored(), UNSURE)
    number = turn_of(view).number
    tapped = ask(session, view, do="verdict", turn=number, point="k2", verdict="covered")
    left = ask(session, tapped, do="leave", turn=number)
    assert not left.confirming
    said = workspace.interview.turns(str(left.browser.session))[number - 1].verdicts
    assert said == {"k2": "covered"}


def test_a_tap_of_another_moment_or_on_another_point_changes_nothing(session: WebSession) -> None:
    view = session.answer(begun(session).browser.stored(), UNSURE)
    number = turn_of(view).number
    late = ask(session, view, do="verdict", turn=number - 1, point="k1", verdict="covered")
    alien = ask(session, view, do="verdict", turn=number, point="k9", verdict="covered")
    assert late.browser.taps == alien.browser.taps == {}
    assert alien.alert
    assert late.confirming
    assert alien.confirming


def after_one(session: WebSession) -> View:
    """An interview whose first question is over, with half a mark."""
    view = session.answer(begun(session).browser.stored(), "alpha beta")
    while turn_of(view).kind != "question":
        view = session.answer(view.browser.stored(), "I don't know")
    return view


def test_trying_again_shows_both_marks_and_is_there_after_a_reload(session: WebSession) -> None:
    view = after_one(session)
    marked = turn_of(view).marked
    assert marked is not None
    better = ask(session, view, do="retry", turn=marked.number, text=FULL)
    assert better.alert == ""
    assert "Tried again" in better.transcript
    assert "not mentioned, now covered" in better.transcript
    assert turn_of(better).number == turn_of(view).number
    assert session.show(view.browser.stored()).transcript == better.transcript


def test_a_disagreement_keeps_the_reason_and_both_marks(
    session: WebSession, workspace: Any
) -> None:
    view = after_one(session)
    marked = turn_of(view).marked
    assert marked is not None
    told = ask(session, view, do="disagree", turn=marked.number, text="I <b>did</b> say it")
    assert "You disagreed" in told.transcript
    assert "&lt;b&gt;did" in told.transcript
    second = workspace.interview.second_look
    assert [d.reason for d in second.disagreements(str(view.browser.session))] == [
        "I <b>did</b> say it"
    ]


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ({"do": "retry", "turn": 1, "text": " "}, "!retry"),
        ({"do": "disagree", "turn": 1, "text": ""}, "say what is wrong"),
        ({"do": "retry", "turn": 99, "text": "x"}, "no turn 99"),
        ({"do": "forget", "turn": 1}, "Reload"),
        ({"do": "verdict", "verdict": "excellent"}, "Reload"),
        ("nonsense", "Reload"),
    ],
)
def test_a_request_of_no_use_is_an_alert_and_changes_nothing(
    session: WebSession, request_: object, told: str
) -> None:
    view = after_one(session)
    sent = request_ if isinstance(request_, str) else json.dumps(request_)
    after = session.ask(view.browser.stored(), sent)
    assert told in after.alert
    assert after.transcript == view.transcript


def test_words_that_are_commands_in_the_terminal_are_commands_here(session: WebSession) -> None:
    view = begun(session)
    stored = view.browser.stored()
    assert "!retry" in session.answer(stored, "!help").told.replace("&#33;", "!")
    assert "There is no" in session.answer(stored, "!hnt").told
    assert "nothing is marked yet" in session.answer(stored, "!disagree it was right").alert
    assert turn_of(session.answer(stored, "!HELP")).number == 1

    over = after_one(session)
    again = session.answer(over.browser.stored(), f"!retry\n{FULL}")
    assert "Tried again" in again.transcript
    assert "!retry" in session.answer(over.browser.stored(), "!retry").alert
    wrong = session.answer(over.browser.stored(), "!disagree I said it")
    assert "You disagreed" in wrong.transcript
    assert "Noted" in session.answer(over.browser.stored(), "!rate good").told
    assert session.answer(over.browser.stored(), "!rate superb").alert
    hinted = session.answer(over.browser.stored(), "!hint")
    assert turn_of(hinted).note
    css = session.answer(hinted.browser.stored(), "!important is a rule of CSS")
    assert "important is a rule" in css.transcript
    assert turn_of(session.answer(css.browser.stored(), "!stop")).finished


def test_a_real_interview_gives_its_marks_at_the_end(session: WebSession) -> None:
    view = begun(session, mode="interview", count=2)
    assert view.timed
    view = session.answer(view.browser.stored(), "alpha beta")
    number = turn_of(view).number - 1
    assert 'class="grade"' not in view.transcript
    assert "debrief" in ask(session, view, do="retry", turn=number, text=FULL).alert
    assert "debrief" in session.answer(view.browser.stored(), "!disagree no").alert
    ended = session.stop(view.browser.stored())
    assert not ended.timed
    assert 'class="grade"' in ended.transcript
    again = ask(session, ended, do="retry", turn=number, text=FULL)
    assert "Tried again" in again.transcript


def test_what_is_open_can_be_gone_on_with_and_what_is_past_read_again(
    session: WebSession,
) -> None:
    first = begun(session, topic="Sorting")
    left = session.leave(first.browser.stored())
    assert left.beginning is not None
    assert [s.id for s in left.beginning.open] == [first.browser.session]
    elsewhere = session.show(Browser("another" * 4).stored())
    assert elsewhere.beginning is not None
    assert [s.id for s in elsewhere.beginning.open] == [first.browser.session]
    opened = ask(session, elsewhere, do="open", session=first.browser.session)
    assert turn_of(opened).session_id == first.browser.session
    ended = session.leave(session.stop(opened.browser.stored()).browser.stored())
    assert ended.beginning is not None
    assert ended.beginning.open == ()
    assert [s.id for s in ended.beginning.past] == [first.browser.session]
    read = ask(session, ended, do="open", session=first.browser.session)
    assert turn_of(read).finished


def test_another_page_asks_for_questions(session: WebSession, workspace: Any) -> None:
    ids = [q.id for q in workspace.questions()[3:5]]
    view = session.practise(ANNA, json.dumps({"question_ids": ids}))
    assert turn_of(view).total == 2
    plan = workspace.interview.history.plan(str(view.browser.session))
    assert [q.id for q in plan.values()] == ids
    on_topic = session.practise(ANNA, json.dumps({"topics": ["Trees"]}))
    question = turn_of(on_topic).question
    assert question is not None
    assert question.topic == "Trees"


@pytest.mark.parametrize(
    "sent",
    ["", "{", "[]", '{"question_ids": 7}', json.dumps({"topics": ["x"] * 100}),
     json.dumps({"question_ids": ["none"]}), json.dumps({"topics": ["Zoology"]}), None],
)  # fmt: skip
def test_what_another_page_cannot_ask_for_is_an_alert(session: WebSession, sent: object) -> None:
    view = session.practise(ANNA, sent)
    assert view.alert
    assert view.turn is None


@pytest.mark.parametrize(("count", "fewer"), [(3, False), (15, True)])
def test_fewer_questions_than_asked_for_are_said_in_the_conversation(
    session: WebSession, count: int, fewer: bool
) -> None:
    view = begun(session, count=count)
    assert view.turn is not None
    assert ("Only 9 questions fit" in view.transcript) == fewer
    assert not view.told  # the panel stays small


def test_a_start_without_questions_is_an_alert(session: WebSession) -> None:
    view = begun(session, topic="<none>")
    assert "<none>" in view.alert
    assert view.turn is None


def test_a_weak_topic_is_chosen_and_said_why(session: WebSession) -> None:
    first = session.show(ANNA).beginning
    assert first is not None
    assert first.topic == ALL_TOPICS
    assert first.reason
    view = begun(session, topic="Hashing")
    while not turn_of(view).finished:
        view = session.answer(view.browser.stored(), "never alpha, never gamma")
    after = session.leave(view.browser.stored()).beginning
    assert after is not None
    assert after.topic == "Hashing"
    assert "due" in after.reason or "weakest" in after.reason


def test_the_role_of_the_last_interview_is_chosen(tmp_path: Path) -> None:
    workspace: Any = FakeWorkspace(
        tmp_path, Bank([make_question(n, roles=("pilot",)) for n in range(4)])
    )
    session = WebSession(workspace, lambda: NOW)
    assert session.show(ANNA).beginning.role == ALL_ROLES  # type: ignore[union-attr]
    view = begun(session, role="pilot")
    after = session.leave(view.browser.stored()).beginning
    assert after is not None
    assert after.role == "pilot"
    workspace.interview.close()
