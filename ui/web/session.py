"""What the web page does for one browser: begins, answers, confirms, looks again, shows.

Invariant: nothing is kept between calls but in the interview's history; a browser sees no interview
but those of its person and those that it began.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.notebook import utc_now
from agent.plan import Options
from ui.commands import Command
from ui.reasons import FAULTS, in_words
from ui.views import fewer_asked
from ui.web.asked import LONGEST_ANSWER, Request, request_of, typed_of, wanted_of
from ui.web.beginning import (
    ALL_ROLES,
    ALL_TOPICS,
    Beginning,
    beginning,
    roles_of,
    topics_of,
)
from ui.web.people import Browser
from ui.web.said_html import HELP, fewer_html, noted_html, unknown_html
from ui.web.second import SecondLooks
from ui.web.transcript import transcript_html

if TYPE_CHECKING:
    from agent.interview import Interview
    from agent.notebook import Clock
    from agent.turns import Turn
    from agent.workspace import Workspace

COUNT = 5  # questions of an interview that another page asks for by topic
NOTHING_WRITTEN = (
    "There is nothing in the answer box yet. Write an answer, or choose “I do not know” or “Skip”."
)
GONE = "This interview is no longer there. Start a new one."
NOT_UNDERSTOOD = "The page asked for something that is not known here. Reload it and try again."


@dataclass(frozen=True, slots=True)
class View:
    """The page: what was said so far, as HTML, and the turn that waits (None before a start, where
    `beginning` is what is offered). `told` answers a typed command, as HTML."""

    browser: Browser
    transcript: str
    turn: Turn | None
    beginning: Beginning | None = None
    alert: str = ""
    told: str = ""
    timed: bool = False

    @property
    def confirming(self) -> bool:
        """Whether points wait for the candidate's word."""
        return self.turn is not None and self.turn.kind == "confirm"

    @property
    def running(self) -> bool:
        """Whether an interview waits for the candidate."""
        return self.turn is not None and not self.turn.finished


class WebSession:
    """The page's actions, on one workspace; what keeps one from being done is told as an alert.

    `stored` is what the browser sent of itself; `remarks` gives what was said on the marks of a
    session, as HTML, by the turns that show them. Where the page cannot be drawn either, actions
    raise `ui.reasons.FAULTS`.
    """

    def __init__(
        self,
        workspace: Workspace,
        clock: Clock = utc_now,
        remarks: Callable[[str], Mapping[int, str]] = lambda _: {},
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._remarks = remarks
        self._second = SecondLooks(lambda: workspace.interview)

    def choices(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The topics and the roles that there are now."""
        questions = self._workspace.questions()
        return topics_of(questions), roles_of(questions)

    def show(self, stored: object, account: str | None = None) -> View:
        """The page as the history has it; an interview that cannot be read is left where it is."""
        browser = Browser.of(stored, account)
        try:
            return self._show(browser)
        except FAULTS as error:
            return self._begin(browser.at(None), in_words(error))

    def start(
        self,
        stored: object,
        topic: str,
        role: str,
        count: float,
        mode: str = "study",
        account: str | None = None,
    ) -> View:
        """Begin an interview."""
        options = Options(
            topics=() if topic == ALL_TOPICS else (topic,),
            roles=() if role == ALL_ROLES else (role,),
            count=int(count),
            mode="interview" if mode == "interview" else "study",
        )
        view = self._start(Browser.of(stored, account), options)
        if view.turn is None or view.alert:
            return view
        # Beside the conversation, as the panel has no room to spare on a phone.
        fewer = fewer_html(fewer_asked(view.turn.total, options.count))
        return replace(view, transcript=fewer + view.transcript)

    def practise(self, stored: object, sent: object, account: str | None = None) -> View:
        """Begin an interview that another page asks for; the one that was open stays so."""
        browser, wanted = Browser.of(stored, account), wanted_of(sent)
        if wanted is None:
            return self._show(browser, NOT_UNDERSTOOD)
        count = len(wanted.question_ids) or COUNT
        options = Options(topics=wanted.topics, question_ids=wanted.question_ids, count=count)
        return self._start(browser, options)

    def answer(self, stored: object, text: str, account: str | None = None) -> View:
        """Answer the turn that the page showed; the same submission twice counts once. A command
        is carried out instead."""
        browser = Browser.of(stored, account)
        if not text.strip():
            return self._show(browser, NOTHING_WRITTEN)
        if len(text) > LONGEST_ANSWER:
            return self._show(browser, _too_long(text))
        if typed := typed_of(text):
            return self._command(browser, typed)
        return self._act(browser, lambda i, s: i.answer(s, text, browser.turn))

    def ask(self, stored: object, sent: object, account: str | None = None) -> View:
        """Do what a button of the page asks for."""
        browser, request = Browser.of(stored, account), request_of(sent)
        if request is None:
            return self._show(browser, NOT_UNDERSTOOD)
        match request.do:
            case "verdict":
                return self._tap(browser, request)
            case "leave":
                return self._act(browser, lambda i, s: i.confirm(s, browser.taps, request.turn))
            case "open":
                return self._show(browser.at(request.session))
            case "retry" | "disagree":
                return self._look(browser, request)

    def stop(self, stored: object, account: str | None = None) -> View:
        """End the interview with its debrief."""
        return self._act(Browser.of(stored, account), lambda i, s: i.stop(s))

    def leave(self, stored: object, account: str | None = None) -> View:
        """Back to the start; the interview stays in the history, and open if it was."""
        return self._show(Browser.of(stored, account).at(None))

    def _start(self, browser: Browser, options: Options) -> View:
        try:
            turn = self._workspace.interview.start(options, browser.person)
        except FAULTS as error:
            return self._show(browser, in_words(error))
        return self._show(browser.at(turn.session_id))

    def _tap(self, browser: Browser, request: Request) -> View:
        """Keep the word on one point; with the last one, all go to the interview."""
        shown = self._show(browser)
        turn, put = shown.turn, {u.id for u in shown.turn.unsure} if shown.turn else set()
        if turn is None or not shown.confirming or request.turn != turn.number:
            return shown  # tapped twice, or on a page of another moment
        if request.point not in put or request.verdict is None:
            return replace(shown, alert=NOT_UNDERSTOOD)
        taps = {**shown.browser.taps, request.point: request.verdict}
        tapped = replace(shown.browser, taps=taps)
        if put <= taps.keys():
            return self._act(tapped, lambda i, s: i.confirm(s, taps, turn.number))
        return replace(shown, browser=tapped)

    def _look(self, browser: Browser, request: Request) -> View:
        if len(request.text) > LONGEST_ANSWER:
            return self._show(browser, _too_long(request.text))
        look = self._second.retry if request.do == "retry" else self._second.disagree
        return self._act(browser, lambda _, s: look(s, request.text, request.turn))

    def _command(self, browser: Browser, typed: Command) -> View:
        match typed.name:
            case "retry":
                return self._act(browser, lambda _, s: self._second.retry(s, typed.text))
            case "disagree":
                return self._act(browser, lambda _, s: self._second.disagree(s, typed.text))
            case "rate":
                shown = self._act(browser, lambda _, s: self._second.rate(s, typed.text))
                return shown if shown.alert else replace(shown, told=noted_html(typed.text))
            case "help":
                return replace(self._show(browser), told=HELP)
            case _:
                return replace(self._show(browser), told=unknown_html(typed.text))

    def _act(self, browser: Browser, action: Callable[[Interview, str], object]) -> View:
        if browser.session is None or not self._owns(browser, browser.session):
            return self._show(browser, GONE)
        try:
            action(self._workspace.interview, browser.session)
        except FAULTS as error:
            return self._show(browser, in_words(error))
        return self._show(browser)

    def _show(self, browser: Browser, alert: str = "") -> View:
        if browser.session is None or not self._owns(browser, browser.session):
            return self._begin(browser.at(None), alert)
        interview = self._workspace.interview
        pending = interview.current(browser.session)
        turns = interview.turns(browser.session)
        said = self._remarks(browser.session)  # those on the newest mark stand below it all
        before = {number: text for number, text in said.items() if number < pending.number}
        additions = replace(self._second.additions(browser.session), remarks=before)
        transcript = transcript_html(turns, additions)
        timed = self._second.withheld(browser.session)
        browser = browser.at(browser.session, pending.number)
        return View(browser, transcript, pending, None, alert, timed=timed)

    def _begin(self, browser: Browser, alert: str) -> View:
        offered = beginning(self._workspace, browser, self._clock())
        return View(browser, "", None, offered, alert)

    def _owns(self, browser: Browser, session_id: str) -> bool:
        record = self._workspace.interview.history.session(session_id)
        return record is not None and browser.owns(record.person)


def _too_long(text: str) -> str:
    return (
        f"The answer has {len(text):,} characters; {LONGEST_ANSWER:,} is the most that can be "
        "marked. Shorten it and send it again."
    )
