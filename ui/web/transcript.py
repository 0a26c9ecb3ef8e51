"""An interview so far as HTML: what was put, what was said, the marks.

Invariant: made from turns of the history alone; of the pending turn only the mark that it brought
is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ui.web.debrief_html import report_html
from ui.web.html import answer_html
from ui.web.mark_html import marked_html
from ui.web.second_html import second_html
from ui.web.turn_html import note_html, prompt_html, verdicts_html

if TYPE_CHECKING:
    from agent.addenda import Disagreement, Retry
    from agent.turns import Marked, Turn

ASIDES = frozenset({"hint", "why", "repeat"})  # replies after which the same question is put again


@dataclass(frozen=True, slots=True)
class Additions:
    """What was said about a session's marks since they were given. `remarks` are a language
    model's, as HTML, by the number of the turn that shows the mark."""

    retries: Sequence[Retry] = ()
    disagreements: Sequence[Disagreement] = ()
    remarks: Mapping[int, str] = field(default_factory=dict)

    def html(self, marked: Marked) -> str:
        """Those about one mark."""
        return second_html(
            marked,
            [r for r in self.retries if r.number == marked.number],
            [d for d in self.disagreements if d.number == marked.number],
        )


def transcript_html(turns: Sequence[Turn], additions: Additions) -> str:
    """What was said in these turns; the empty text where nothing was."""
    said: list[str] = []
    for turn, before in zip(turns, [None, *turns], strict=False):
        if turn.marked is not None and turn.kind != "confirm":
            since = additions.remarks.get(turn.number, "") + additions.html(turn.marked)
            said.append(_says(marked_html(turn.marked, since), "mark"))
        if turn.report is not None:
            said.append(_says(report_html(turn.report, turn.note), "debrief"))
        if turn.reply is None:
            continue
        if before is not None and before.intent in ASIDES:
            said.append(_says(note_html(turn.note)))
        else:
            said.append(_says(prompt_html(turn)))
        said.append(_heard(_reply(turn, turn.reply)))
    return "".join(said)


def _reply(turn: Turn, text: str) -> str:
    if turn.intent == "stop":
        return answer_html("Stop")
    return verdicts_html(turn) if turn.kind == "confirm" else answer_html(text)


def _says(content: str, kind: str = "put") -> str:
    return f'<div class="message bot {kind}">{content}</div>' if content else ""


def _heard(content: str) -> str:
    return f'<div class="message user"><span class="unseen">You:</span>{content}</div>'
