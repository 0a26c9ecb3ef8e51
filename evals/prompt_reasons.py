"""Why the prompts are as they are: the words beside them on the page of prompts.

Invariant: reasons only; the prompts themselves stand in the code that sends them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HEAD = (
    "# The prompts\n\n"
    "Every prompt that Greenroom sends to a language model, whole, on one made-up question, with "
    "the reason for each part. The page is written from the code by `python -m "
    "evals.print_prompts docs/prompts.md`, and a test fails where they differ.\n\n"
    "Three rules hold for all of them. What other people wrote (question, source, answer, CV, job "
    "description) stands between `<<<` and `>>>`, which it cannot contain: angle brackets and the "
    "markers of chat templates are replaced, and sentences of an answer that address the marker "
    "are blank. A model proposes; code checks each reply, and what does not hold is not shown. A "
    "reply that cannot be used is sent back once with what was wrong with it; then code does the "
    "work without the model, within a time limit."
)
SHARED = (
    "## What the prompts of an answer share\n\n"
    "Marking, words, follow-ups and hints begin alike, so that a server with a prefix cache reads "
    "this part once: when the question is shown (as far as the answer), while the candidate "
    "pauses in typing (with the draft), and at the latest with the first key point. The "
    "instructions are the system message, the rest begins the user's."
)


@dataclass(frozen=True, slots=True)
class Reasons:
    """A prompt's title, what it is for, the reasons for its parts, and what is checked."""

    title: str
    purpose: str
    parts: tuple[str, ...]
    checks: str


_ALL = (
    Reasons(
        "Marking one key point",
        "Follows the shared beginning. The reply is one token, read by its probabilities.",
        (
            "The point is said again at the end, where a small model attends most.",
            "The labels begin with four different letters, so their first tokens differ; where two "
            "are close, the order is turned round and both readings are averaged.",
        ),
        "the probabilities are calibrated, the words for the point are found by late interaction, "
        "and a verdict without words in the answer becomes “missing”. The score is counted by "
        "code.",
    ),
    Reasons(
        "Words after the mark",
        "Follows the shared beginning when a question is over. The reply is streamed.",
        (
            "“The result stands” comes first: the words explain the mark, they do not discuss it.",
            "Passages are numbered and carry their verdict, so that each sentence can be held "
            "against one passage.",
            "The model states the matter and addresses nobody: the candidate's own words are put "
            "before a sentence by code, from spans that are theirs.",
            "The form comes last, because that is what a small model forgets first; the schema "
            "forces it as well.",
        ),
        "a sentence is shown as soon as it is whole, if its kind agrees with the verdict, it has "
        "no number or quotation that its passage (or the answer) lacks, does not speak of marks, "
        "and `greenroom verify` finds it supported by the passage. If none holds, the reply is "
        "sent back once; then the feedback made by code stands.",
    ),
    Reasons(
        "A follow-up",
        "Follows the shared beginning. The point is chosen by code: the most valuable open one.",
        (
            "A quote in the candidate's words shows what the question is about, and that somebody "
            "listened.",
            "The words to avoid are named as a rule, not as a list: a list would be the answer.",
            "What was asked before is shown, so that it is not asked again.",
        ),
        "the quote must stand in the answer letter by letter, two to twelve words, none of them "
        "addressed to the marker; the question must be one open question, without a content word "
        "of the point (in any form) that was not said before, and the judge must not read the "
        "point or its contrary in it.",
    ),
    Reasons(
        "A hint",
        "Follows the shared beginning, as far as there is an answer. Only the first hint on a "
        "question is the model's: the second lays the point out with its words cut to their first "
        "letters, which code does more surely.",
        ("A question can lead without stating anything, so nothing can be invented in it.",),
        "as for a follow-up, without the quote.",
    ),
    Reasons(
        "A good answer",
        "Follows the shared beginning without an answer. Asked only where no author wrote one.",
        (
            "“As one would say it in an interview”: the candidate is to speak, not to write.",
            "A sentence a passage: what cannot be cited is not shown.",
        ),
        "sentences that their passages do not support are left out; if the others rest on fewer "
        "than half of the passages, the key points are shown instead.",
    ),
    Reasons(
        "A question in other words",
        "Asked where a role, a seniority, a CV or a job description is known.",
        (
            "Whatever the texts say, the same thing is asked: the key points stay as they are.",
            "Of a CV and a job description only the parts that bear on the question are shown.",
        ),
        "a wording that loses or adds a term, a number or a negation, gives a part of an answer "
        "or claims what the texts do not say is dropped for the question as it stands.",
    ),
    Reasons(
        "Questions on a passage",
        "Asked by `greenroom questions generate`; what comes of it waits for a person's review.",
        (
            "Quotes are asked for letter by letter, because code looks for them letter by letter.",
            "Questions that are there already are shown, so that they are not asked again.",
        ),
        "every key point's quote must stand in the passage, and a question that is there already, "
        "or that contains its answer, is dropped.",
    ),
    Reasons(
        "A second try",
        "The last message where a reply in JSON cannot be used, after the prompt and the reply.",
        ("What was wrong is said in the words of the check, so that it can be mended.",),
        "the same as with the first; there is no third.",
    ),
)
REASONS: Mapping[str, Reasons] = {reasons.title: reasons for reasons in _ALL}
