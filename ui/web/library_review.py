"""Review on the Library page: questions that a language model wrote, to keep, edit or reject.

Invariant: what the page sends is validated here; whether a quote stands in its source is decided by
`agent.question_review` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.question_review import (
    LONGEST_POINT,
    LONGEST_QUESTION,
    LONGEST_QUOTE,
    MOST_POINTS,
    EditedPoint,
    QuestionReview,
)
from corpus.schema import GreenroomError
from ui.text import one_line
from ui.views import citation
from ui.web.html import data, escape
from ui.web.reader import cite_button

if TYPE_CHECKING:
    from agent.question_review import Draft
    from agent.workspace import Workspace
    from corpus.schema import KeyPoint

SHOWN = 20  # drafts at once
NOTHING = (
    "<p>No questions wait for review. Greenroom makes questions from your documents by itself; "
    "a language model can write more of them:</p>"
    "<p><code>greenroom questions generate</code> (it needs a model that answers, see "
    "<code>greenroom doctor</code>). What it writes waits here, and is asked only once you have "
    "kept it.</p>"
)
_Text = Annotated[str, Field(max_length=20_000)]


class _Point(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    text: _Text
    quote: _Text
    weight: float = 1.0


class Decision(BaseModel):
    """What a person wants with a draft; `question` and `points` come with an edit."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    do: Literal["keep", "reject", "edit"]
    id: Annotated[str, Field(min_length=1, max_length=200)]
    question: _Text | None = None
    points: Annotated[tuple[_Point, ...], Field(max_length=2 * MOST_POINTS)] | None = None


def decide(workspace: Workspace, request: str) -> str:
    """Do what the page asks for (JSON); what was done, in words. Raises GreenroomError."""
    try:
        wanted = Decision.model_validate_json(request)
    except ValidationError as error:
        raise GreenroomError("the page sent a decision that cannot be read; reload it") from error
    review = QuestionReview(workspace.ready())
    match wanted.do:
        case "keep":
            kept = review.keep(wanted.id)
            return f"Kept: “{one_line(kept.question.question)}” can be asked from now on."
        case "reject":
            review.reject(wanted.id)
            return "Rejected; the same question is not written again."
        case "edit":
            points = [
                EditedPoint(p.text, p.quote, p.weight)
                for p in wanted.points or ()
                if p.text.strip() or p.quote.strip()  # an emptied point is taken out
            ]
            edited = review.edit(wanted.id, wanted.question, points)
            return f"Changed: “{one_line(edited.question.question)}” still waits."


def review_html(workspace: Workspace, *, may_change: bool) -> str:
    """The drafts that wait, each with its points and their sources."""
    waiting = QuestionReview(workspace.ready()).waiting()
    if not waiting:
        return NOTHING
    more = len(waiting) - SHOWN
    items = "".join(_draft(draft, may_change) for draft in waiting[:SHOWN])
    head = f"<p>{len(waiting)} wait. None of them is asked before you keep it.</p>"
    return f"{head}{items}" + (f"<p>… and {more} more.</p>" if more > 0 else "")


def _draft(draft: Draft, may_change: bool) -> str:
    question = draft.question
    points = "".join(_point(point) for point in question.key_points)
    actions = _actions(draft) if may_change else ""
    return (
        f'<article class="draft"><h2>{escape(one_line(question.question))}</h2>'
        f"<p><small>{escape(question.topic)} · {escape(question.kind)} · difficulty "
        f"{question.difficulty} · written by {escape(draft.model)}</small></p>"
        f"<ul>{points}</ul>{actions}</article>"
    )


def _point(point: KeyPoint) -> str:
    cited = citation(point.span)
    source = ""
    if cited:
        opens = cite_button(cited.place, cited.document_id, cited.start, cited.end)
        source = f'<div class="quote">“{escape(cited.quote)}” {opens}</div>'
    return f"<li>{escape(point.text)}{source}</li>"


def _actions(draft: Draft) -> str:
    buttons = "".join(
        f'<button type="button" class="small" data-review="{data({"do": do, "id": draft.id})}">'
        f"{label}</button>"
        for do, label in (("keep", "Keep"), ("reject", "Reject"))
    )
    fields = "".join(_point_fields(n, p) for n, p in enumerate(draft.question.key_points, 1))
    form = (
        f'<form class="edit" data-draft="{escape(draft.id)}"><label>Question'
        f'<textarea name="question" rows="2" maxlength="{LONGEST_QUESTION}">'
        f"{_in_field(draft.question.question)}</textarea></label>{fields}"
        f'<button type="submit" class="small">Save the changes</button></form>'
    )
    return f'<div class="decide">{buttons}</div><details><summary>Edit</summary>{form}</details>'


def _point_fields(number: int, point: KeyPoint) -> str:
    quote = point.span.quote if point.span else ""
    return (
        f'<fieldset class="point" data-weight="{point.weight:g}"><legend>Point {number}</legend>'
        f'<label>What a good answer says<textarea name="text" rows="2" maxlength="{LONGEST_POINT}">'
        f"{_in_field(point.text)}</textarea></label>"
        f"<label>The words of the source that carry it"
        f'<textarea name="quote" rows="2" maxlength="{LONGEST_QUOTE}">{_in_field(quote)}</textarea>'
        "</label></fieldset>"
    )


def _in_field(text: str) -> str:
    """Text within a textarea, where a line break is one."""
    return escape(text).replace("<br>", "\n")
