"""An interview so far as the messages of a chat, and the passages that they cite.

Invariant: made from turns of the history alone; the pending turn is not among the messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ui.views import Citation
from ui.web import html

if TYPE_CHECKING:
    from agent.turns import Turn
    from index.store import Store

AROUND = 350  # characters shown before and after a cited passage
ASIDES = frozenset({"hint", "why", "repeat"})  # replies after which the same question is put again

Message = dict[str, Any]


class Passages:
    """Cited passages with what stands around them; each document is read once."""

    def __init__(self, store: Store) -> None:
        self._document = cache(store.document)

    def __call__(self, cited: Citation) -> tuple[str, str, str]:
        """The text before, the passage, the text after; the passage alone where the document no
        longer says so at that place."""
        document = self._document(cited.document_id)
        if document is None or document.text[cited.start : cited.end] != cited.quote:
            return "", cited.quote, ""
        before = document.text[max(0, cited.start - AROUND) : cited.start]
        after = document.text[cited.end : cited.end + AROUND]
        return _from_word(before), cited.quote, _to_word(after)


def messages(turns: Sequence[Turn], passage: html.Passage) -> tuple[Message, ...]:
    """What was said in these turns, the pending one left out but for the mark that it brought."""
    said: list[Message] = []
    for turn, before in zip(turns, [None, *turns], strict=False):
        if turn.marked is not None and turn.kind != "confirm":
            said.append(_says(html.marked_html(turn.marked, passage)))
        if turn.report is not None:
            said.append(_says(html.report_html(turn.report, passage, turn.note)))
        if turn.reply is None:
            continue
        if before is not None and before.intent in ASIDES:
            said.append(_says(html.note_html(turn.note)))
        else:
            said.append(_says(html.prompt_html(turn)))
        if turn.intent == "stop":
            said.append(_heard(html.answer_html("Stop")))
        elif turn.kind == "confirm":
            said.append(_heard(html.verdicts_html(turn)))
        else:
            said.append(_heard(html.answer_html(turn.reply)))
    return tuple(said)


def _says(content: str) -> Message:
    return {"role": "assistant", "content": content}


def _heard(content: str) -> Message:
    return {"role": "user", "content": content}


def _from_word(text: str) -> str:
    return "…" + text.partition(" ")[2] if len(text) == AROUND else text


def _to_word(text: str) -> str:
    return text.rpartition(" ")[0] + "…" if len(text) == AROUND else text
