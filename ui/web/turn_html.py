"""What is put to the candidate, as HTML: questions, notes, points to confirm.

Invariant: nothing of a point that was not said yet is shown, but for those that are put.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from agent.grades import Verdict
from ui.views import WORDS, citation
from ui.web.html import act_html, cite_html, escape, source_html

if TYPE_CHECKING:
    from agent.turns import Turn, Unsure
    from corpus.schema import Span

CHOICES: tuple[tuple[Verdict, str], ...] = (
    ("covered", "Yes, I said this"),
    ("partial", "Partly"),
    ("missing", "No"),
    ("contradicted", "I said the opposite"),
)
LEAVE_ONE = "Leave it as guessed"
LEAVE_REST = "Leave the rest as guessed"


def prompt_html(turn: Turn) -> str:
    """A question, a follow-up or a confirmation, with the note that comes before it."""
    head = f"Question {turn.place} of {turn.total}"
    if turn.kind == "follow_up":
        head += " · Follow-up"
    elif turn.kind == "closing":
        head = "Your questions"
    elif turn.question is not None:
        head += f" · {escape(turn.question.topic)}"
    # What a hint rests on would give the point away.
    cited = turn.cited if turn.kind == "closing" else ()
    # A follow-up is no sentence of its own: what it goes on from stays in sight.
    asked = turn.question.question if turn.kind == "follow_up" and turn.question else ""
    about = f'<p class="about">{escape(asked)}</p>' if asked else ""
    return (
        f'<div class="turn {turn.kind}">{note_html(turn.note, cited)}<p class="head">{head}</p>'
        f'{about}<p class="prompt">{escape(turn.prompt)}</p></div>'
    )


def note_html(note: str, cited: Sequence[Span] = ()) -> str:
    """What the interviewer says beside the question: a hint, why it is asked, a skip; with the
    places of what it quotes."""
    places = " ".join(cite_html(c) for c in map(citation, cited) if c)
    return f'<p class="note">{escape(note)} {places}</p>' if note else ""


def confirm_html(turn: Turn, taps: Mapping[str, Verdict]) -> str:
    """The points put to the candidate, with a button for each verdict; `taps` are those pressed
    so far, by the point's id."""
    points = "".join(
        unsure_html(n, u, turn.number, taps.get(u.id)) for n, u in enumerate(turn.unsure, 1)
    )
    # In a real interview the points come when another question was the last.
    asked = turn.question.question if turn.question and turn.marked is None else ""
    about = f'<p class="head">{escape(asked)}</p>' if asked else ""
    leave = LEAVE_REST if taps or len(turn.unsure) > 1 else LEAVE_ONE
    return about + points + act_html(leave, {"do": "leave", "turn": turn.number}, "leave")


def unsure_html(number: int, unsure: Unsure, turn: int, tapped: Verdict | None = None) -> str:
    """A point put to the candidate: their words and the source side by side, and the guess."""
    words = (
        f"“{escape(unsure.answer_span.quote)}”" if unsure.answer_span else "<i>Nothing found</i>"
    )
    return (
        f'<div class="unsure"><p class="point">{number}. {escape(unsure.text)}</p>'
        f'<div class="sides"><div><b>Your words</b><p>{words}</p></div>'
        f"<div>{_source(unsure)}</div></div>"
        f'<p class="ask">Did you say this? <span class="grader">My guess: '
        f"{escape(WORDS[unsure.guess])}</span></p>"
        f'<div class="choices" role="group" aria-label="Point {number}">'
        f"{_choices(unsure, turn, tapped)}</div></div>"
    )


def _source(unsure: Unsure) -> str:
    """The words of the source and their place; the place alone where the point is those words."""
    cited = citation(unsure.source_span)
    if cited is None:
        return f"<b>Looked for</b><p>“{escape(unsure.text)}”</p>"
    return f"<b>The source</b>{source_html(cited, 'It says', beside=unsure.text)}"


def verdicts_html(turn: Turn) -> str:
    """What the candidate said of the points that were put."""
    verdicts = turn.verdicts or {}
    lines = "".join(
        f"<li><b>{escape(WORDS[verdicts[u.id]] if u.id in verdicts else 'left as guessed')}</b>: "
        f"{escape(u.text)}</li>"
        for u in turn.unsure
    )
    return f'<div class="said"><ul>{lines}</ul></div>'


def _choices(unsure: Unsure, turn: int, tapped: Verdict | None) -> str:
    return "".join(
        act_html(
            f"✓ {label}" if verdict == tapped else label,
            {"do": "verdict", "turn": turn, "point": unsure.id, "verdict": verdict},
            f"{verdict} tapped" if verdict == tapped else verdict,
        )
        for verdict, label in CHOICES
    )
