"""What the web page does for one browser: begins, answers, confirms, shows.

Invariant: nothing is kept between calls but in the interview's history; a browser is known by a
token of its own and sees no session but those that it began.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.grades import Verdict
from agent.interview import SessionNotFoundError
from agent.plan import Options
from corpus.schema import GreenroomError
from ui import html
from ui.views import Citation

if TYPE_CHECKING:
    from agent.turns import Turn, Unsure
    from agent.workspace import Workspace

AROUND = 350  # characters shown before and after a cited passage
LONGEST_ANSWER = 100_000
ALL_TOPICS = "Any topic"
ALL_ROLES = "Any role"

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Browser:
    """What one browser remembers."""

    person: str
    session: str | None = None

    @classmethod
    def of(cls, stored: object) -> Browser:
        """From what the browser stored, which may be anything; a new token if it is no use."""
        if isinstance(stored, Mapping):
            person, session = stored.get("person"), stored.get("session")
            if isinstance(person, str) and len(person) >= 20:
                return cls(person, session if isinstance(session, str) else None)
        return cls("web-" + secrets.token_urlsafe(18))

    def stored(self) -> dict[str, str | None]:
        """What to store in the browser."""
        return {"person": self.person, "session": self.session}


@dataclass(frozen=True, slots=True)
class View:
    """The page: its messages, and the turn that waits (None before a start)."""

    browser: Browser
    messages: list[Message]
    turn: Turn | None
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
    """The page's actions, on one workspace."""

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

    def show(self, stored: object, alert: str = "") -> View:
        """The page as the history has it."""
        browser = Browser.of(stored)
        if not self._owns(browser):
            browser = Browser(browser.person)
        if browser.session is None:
            return View(browser, [], None, alert)
        interview = self._workspace.interview
        pending = interview.current(browser.session)
        turns = interview.turns(browser.session)
        messages = [m for turn in turns for m in self._messages(turn)]
        return View(browser, messages, pending, alert)

    def start(self, stored: object, topic: str, role: str, count: float) -> View:
        """Begin an interview."""
        browser = Browser.of(stored)
        options = Options(
            topics=() if topic == ALL_TOPICS else (topic,),
            roles=() if role == ALL_ROLES else (role,),
            count=int(count),
        )
        try:
            turn = self._workspace.interview.start(options, browser.person)
        except GreenroomError as error:
            return self.show(stored, str(error))
        return self.show(Browser(browser.person, turn.session_id).stored())

    def answer(self, stored: object, text: str, number: int | None) -> View:
        """Answer the turn that the page showed; the same submission twice counts once."""
        if len(text) > LONGEST_ANSWER:
            return self.show(stored, f"The answer is longer than {LONGEST_ANSWER:,} characters.")
        return self._act(stored, lambda i, s: i.answer(s, text, number))

    def confirm(self, stored: object, choices: list[str | None], number: int | None) -> View:
        """Take the candidate's word on the points put, in order; None leaves the guess."""
        unsure = self.show(stored).unsure
        verdicts = {
            u.id: _verdict(c) for u, c in zip(unsure, choices, strict=False) if c and _verdict(c)
        }
        return self._act(stored, lambda i, s: i.confirm(s, verdicts, number))

    def stop(self, stored: object) -> View:
        """End the interview with its debrief."""
        return self._act(stored, lambda i, s: i.stop(s))

    def leave(self, stored: object) -> View:
        """Back to the start; the finished interview stays in the history."""
        return View(Browser(Browser.of(stored).person), [], None)

    def _act(self, stored: object, action: Any) -> View:
        browser = Browser.of(stored)
        if browser.session is None or not self._owns(browser):
            return self.show(stored, "This interview is no longer there. Start a new one.")
        try:
            action(self._workspace.interview, browser.session)
        except GreenroomError as error:
            return self.show(stored, str(error))
        return self.show(browser.stored())

    def _owns(self, browser: Browser) -> bool:
        if browser.session is None:
            return False
        try:
            report = self._workspace.interview.report(browser.session)
        except SessionNotFoundError:
            return False
        return secrets.compare_digest(report.person, browser.person)

    def _messages(self, turn: Turn) -> list[Message]:
        messages = []
        if turn.marked is not None and turn.kind != "confirm":
            messages.append(_says(html.marked_html(turn.marked, self.passage)))
        if turn.report is not None:
            messages.append(_says(html.report_html(turn.report, self.passage)))
            return messages
        body = html.prompt_html(turn)
        if turn.kind == "confirm":
            body += html.unsure_html(turn.unsure, self.passage)
        messages.append(_says(body))
        if turn.kind == "confirm" and turn.verdicts is not None:
            messages.append(_heard(html.verdicts_html(turn)))
        elif turn.reply is not None:
            messages.append(_heard(html.answer_html(turn.reply)))
        return messages

    def passage(self, cited: Citation) -> tuple[str, str, str]:
        """A cited passage with what stands around it, as far as the document still says so."""
        document = self._workspace.store.document(cited.document_id)
        if document is None or document.text[cited.start : cited.end] != cited.quote:
            return "", cited.quote, ""
        before = document.text[max(0, cited.start - AROUND) : cited.start]
        after = document.text[cited.end : cited.end + AROUND]
        return _from_word(before), cited.quote, _to_word(after)


def _verdict(choice: str) -> Verdict | None:
    verdicts: dict[str, Verdict] = {
        "covered": "covered",
        "partial": "partial",
        "missing": "missing",
        "contradicted": "contradicted",
    }
    return verdicts.get(choice)


def _says(content: str) -> Message:
    return {"role": "assistant", "content": content}


def _heard(content: str) -> Message:
    return {"role": "user", "content": content}


def _from_word(text: str) -> str:
    return "…" + text.partition(" ")[2] if len(text) == AROUND else text


def _to_word(text: str) -> str:
    return text.rpartition(" ")[0] + "…" if len(text) == AROUND else text
