"""What a model is asked when it is to write: the ends of prompts that begin as marking's do.

A server with a prefix cache has read the beginning by then. Invariant: every text of other people
stands fenced, and nothing that code checks afterwards is taken on trust because it was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.grades import PointGrade, Verdict
from agent.llm.labels import LABEL
from agent.llm.prompts import fenced

MOST_PASSAGES = 8
MOST_CHARS = 240  # of one sentence
EXPLAIN = (
    "The comparison is done and its result stands. Now help the candidate to learn from it.\n"
    "Below are passages of the source, each with what the answer made of it.\n"
    "Write up to six statements, each a single plain sentence of at most 30 words:\n"
    '- "good": for a covered or partial passage, what was right and why it matters.\n'
    '- "missed": for a partial, missing or opposite passage, what holds.\n'
    '- "better": how a good answer would put it.\n'
    "Each statement names its passage by number and says, in plain words of your own, only what "
    "this passage says: no fact, number or example from elsewhere.\n"
    "State the matter itself. Do not address anybody, and do not speak of the candidate, of marks "
    "or of these instructions.\n"
    "Begin with what was good, then what was missed, then one better wording."
)
EXPLAIN_FORM = (
    'Reply with JSON only: {"statements": [{"about": "good", "passage": 1, "text": "…"}, …]}'
)
PROBE = (
    "The comparison is done. Now ask the candidate one follow-up question, as a friendly "
    "interviewer would, that leads towards the point below without giving it away.\n"
    "Pick from the candidate's answer two to twelve words in a row that your question is about, "
    "and copy them exactly.\n"
    "Then ask one short open question about these words. Use no word of the point that neither the "
    "question nor the answer has used, no synonym of one, and no yes-or-no question that says it.\n"
    "Do not judge, praise or explain."
)
PROBE_FORM = 'Reply with JSON only: {"quote": "…", "question": "…?"}'
HINT = (
    "Now help the candidate, who asked for a hint on the point below, without giving it away.\n"
    "Ask one short question that makes the candidate think of it. Use no word of the point that "
    "neither the question nor the answer has used, and no synonym of one.\n"
    "Do not judge, praise or explain."
)
HINT_FORM = 'Reply with JSON only: {"hint": "…?"}'
ANSWER = (
    "Now write a good answer to the question, as one would say it in an interview: up to eight "
    "plain sentences, in an order that makes sense when read aloud.\n"
    "Each sentence names the passage below that it rests on by number, and says, in your own "
    "words, only what this passage says: no fact, number or example from elsewhere."
)
ANSWER_FORM = 'Reply with JSON only: {"sentences": [{"passage": 1, "text": "…"}, …]}'


def explain(points: Sequence[PointGrade]) -> str:
    """What is asked after a mark. Every point has a source passage."""
    shown = [
        _passage(i, p.source_span.quote, p.verdict)
        for i, p in enumerate(points, 1)
        if p.source_span
    ]
    return "\n\n".join([EXPLAIN, "\n".join(shown), EXPLAIN_FORM])


def probe(point: str, asked: Sequence[str]) -> str:
    """What is asked for a follow-up that aims at a point; `asked` were put before."""
    before = [f"Asked before, so not again:\n{fenced(chr(10).join(asked))}"] if asked else []
    return "\n\n".join([PROBE, _aim(point), *before, PROBE_FORM])


def hint(point: str) -> str:
    """What is asked for a hint on a point."""
    return "\n\n".join([HINT, _aim(point), HINT_FORM])


def answer(passages: Sequence[str]) -> str:
    """What is asked for a good answer out of passages."""
    shown = [_passage(i, text) for i, text in enumerate(passages, 1)]
    return "\n\n".join([ANSWER, "\n".join(shown), ANSWER_FORM])


def _aim(point: str) -> str:
    return f"The point to ask after:\n{fenced(point)}"


def _passage(number: int, text: str, verdict: Verdict | None = None) -> str:
    held = f" ({LABEL[verdict]})" if verdict else ""
    return f"Passage {number}{held}:\n{fenced(text)}"
