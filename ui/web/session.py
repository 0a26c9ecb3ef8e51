"""What the web page does for one browser: begins, answers, confirms, shows.

Invariant: nothing is kept between calls but in the interview's history; a browser is known by a
token of its own and sees no session but those that it began.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

from agent.grades import Verdict
from agent.interview import SessionNotFoundError
from agent.plan import Options
from corpus.schema import GreenroomError
from ui.web.transcript import Message, Passages, messages

if TYPE_CHECKING:
    from agent.interview import Interview
    from agent.turns import Turn, Unsure
    from agent.workspace import Workspace
    from ui.web.html import Passage

LONGEST_ANSWER = 100_000
ALL_TOPICS = "Any topic"
ALL_ROLES = "Any role"
NOTHING_WRITTEN = (
    "There is nothing in the answer box yet. Write an answer, or choose “I do not know” or “Skip”."
)
GONE = "This interview is no longer there. Start a new one."


@dataclass(frozen=True, slots=True)
class Browser:
    """What one browser remembers: its token, its account if there are any, the interview that it is
    in, and the turn that its page shows."""

    person: str
    account: str | None = None
    session: str | None = None
    turn: int | None = None

    @classmethod
    def of(cls, stored: object, account: str | None = None) -> Browser:
        """From what the browser stored, which may be anything; a new token if it is no use, or if
        it was stored for another account."""
        if isinstance(stored, Mapping) and stored.get("account") == account:
            person, session = stored.get("person"), stored.get("session")
            turn = stored.get("turn")
            if isinstance(person, str) and len(person) >= 20:
                return cls(
                    person,
                    account,
                    session if isinstance(session, str) else None,
                    turn if isinstance(turn, int) else None,
                )
        return cls("web-" + secrets.token_urlsafe(18), account)

    def stored(self) -> dict[str, str | int | None]:
        """What to store in the browser."""
        return {
            "person": self.person,
            "account": self.account,
            "session": self.session,
            "turn": self.turn,
        }


@dataclass(frozen=True, slots=True)
class View:
    """The page: what was said so far, and the turn that waits (None before a start)."""

    browser: Browser
    messages: tuple[Message, ...]
    turn: Turn | None
    passage: Passage
    alert: str = ""

    @property
    def unsure(self) -> tuple[Unsure, ...]:
        """The points that wait for the candidate's word."""
        return self.turn.unsure if self.turn and self.turn.kind == "confirm" else ()

    @property
    def running(self) -> bool:
        """Whether an interview waits for the candidate."""
        return self.turn is not None and not self.turn.finished


class WebSession:
    """The page's actions, on one workspace. `stored` is what the browser sent of itself."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def topics(self) -> list[str]:
        """Topics with a question that can be graded, the person's own documents' first."""
        questions = self._workspace.questions()
        own_first = sorted(questions, key=lambda q: q.document_id.startswith("library-"))
        names = dict.fromkeys(q.topic for q in own_first if q.reference or q.key_points)
        return [ALL_TOPICS, *names]

    def roles(self) -> list[str]:
        """Roles that questions are for."""
        names = dict.fromkeys(r for q in self._workspace.questions() for r in q.roles)
        return [ALL_ROLES, *names]

    def welcome(self) -> str:
        """What there is to be asked about, in a sentence."""
        questions = self._workspace.questions()
        own = [q for q in questions if not q.document_id.startswith("library-")]
        if not own:
            return (
                f"{len(questions)} questions from the bundled topics. "
                "To be asked from your own notes, run: greenroom ingest FOLDER"
            )
        documents = len({q.document_id for q in own})
        noun = "document" if documents == 1 else "documents"
        bundled = len(questions) - len(own)
        return f"{len(own)} questions from {documents} {noun} of yours, {bundled} bundled ones."

    def show(self, stored: object, account: str | None = None, alert: str = "") -> View:
        """The page as the history has it."""
        return self._show(Browser.of(stored, account), alert)

    def start(
        self, stored: object, topic: str, role: str, count: float, account: str | None = None
    ) -> View:
        """Begin an interview."""
        browser = Browser.of(stored, account)
        options = Options(
            topics=() if topic == ALL_TOPICS else (topic,),
            roles=() if role == ALL_ROLES else (role,),
            count=int(count),
        )
        try:
            turn = self._workspace.interview.start(options, browser.person)
        except GreenroomError as error:
            return self._show(browser, str(error))
        return self._show(replace(browser, session=turn.session_id))

    def answer(self, stored: object, text: str, account: str | None = None) -> View:
        """Answer the turn that the page showed; the same submission twice counts once."""
        browser = Browser.of(stored, account)
        if not text.strip():
            return self._show(browser, NOTHING_WRITTEN)
        if len(text) > LONGEST_ANSWER:
            return self._show(
                browser,
                f"The answer has {len(text):,} characters; {LONGEST_ANSWER:,} is the most that "
                "can be marked. Shorten it and send it again.",
            )
        return self._act(browser, lambda i, s: i.answer(s, text, browser.turn))

    def confirm(
        self, stored: object, choices: Sequence[str | None], account: str | None = None
    ) -> View:
        """Take the candidate's word on the points put, in order; None leaves the guess."""
        browser = Browser.of(stored, account)
        shown = self._show(browser)
        verdicts: dict[str, Verdict] = {
            point.id: verdict
            for point, choice in zip(shown.unsure, choices, strict=False)
            for verdict in get_args(Verdict)
            if verdict == choice
        }
        return self._act(browser, lambda i, s: i.confirm(s, verdicts, browser.turn))

    def stop(self, stored: object, account: str | None = None) -> View:
        """End the interview with its debrief."""
        return self._act(Browser.of(stored, account), lambda i, s: i.stop(s))

    def leave(self, stored: object, account: str | None = None) -> View:
        """Back to the start; the finished interview stays in the history."""
        return self._show(replace(Browser.of(stored, account), session=None))

    def _act(self, browser: Browser, action: Callable[[Interview, str], object]) -> View:
        if browser.session is None or not self._owns(browser):
            return self._show(browser, GONE)
        try:
            action(self._workspace.interview, browser.session)
        except GreenroomError as error:
            return self._show(browser, str(error))
        return self._show(browser)

    def _show(self, browser: Browser, alert: str = "") -> View:
        passages = Passages(self._workspace.store)
        if browser.session is None or not self._owns(browser):
            return View(replace(browser, session=None, turn=None), (), None, passages, alert)
        interview = self._workspace.interview
        pending = interview.current(browser.session)
        turns = interview.turns(browser.session)
        browser = replace(browser, turn=pending.number)
        return View(browser, messages(turns, passages), pending, passages, alert)

    def _owns(self, browser: Browser) -> bool:
        if browser.session is None:
            return False
        try:
            report = self._workspace.interview.report(browser.session)
        except SessionNotFoundError:
            return False
        return secrets.compare_digest(report.person.encode(), browser.person.encode())
