"""What is said when the candidate asks: "do you have questions for us?", and the replies.

Invariant: nothing of it is graded. A reply quotes the person's documents word for word, or says
that it cannot know; what a good question shows is fixed text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PurePath

from agent.intents import plain_words, read_intent
from agent.interviewer import Words
from agent.segments import sentences
from agent.words import content_words
from corpus.schema import Span

PROMPT = "That was the last question from me. Do you have questions for us?"
MORE = "Is there anything else that you would like to ask?"
MOST_ASKED = 3  # questions of the candidate; then the interview ends
LONGEST_QUOTE = 320  # characters

NO_COMMAND = (
    "No question of mine is open, so this command does nothing here. Ask me something, or say that "
    "you have no questions."
)

LookUp = Callable[[str], Sequence[Span]]
"""Passages of the person's documents that are likely to answer; empty where none is."""

_NOTHING = re.compile(
    r"(?:no|nope|nah|none|nothing|not (?:really|now|at the moment|today|from me))"
    r"(?: (?:i am|im) (?:good|fine|done))?(?: (?:more|else|further|other))?(?: questions?)?"
    r"(?: (?:from (?:me|my side)|for (?:you|now)|at the moment|right now|today))?(?: thanks?"
    r"(?: you)?)?|(?:i (?:do not|dont) )?(?:have )?(?:any|no)(?: (?:more|further|other))?"
    r" questions?"
    r"|(?:i am|im|all) (?:good|fine|done|set)|that(?:s| is| was) (?:all|it|everything)"
    r"(?: (?:from|for) me)?|thanks?(?: you)?"
)
_ASKS = re.compile(
    r"\?|^\W*(?:what|how|why|which|who|when|where|do|does|did|is|are|can|could|will|would|have|has)"
    r"\b",
    re.I,
)
# Words that say "no", and those that may stand beside them where nothing else is said.
_DENIES = frozenset(
    "no nope nah none nothing not n n/a dont havent didnt thanks thank good fine done set all "
    "covered answered".split()
)
_BESIDE = frozenset(
    "i im ive id you youve we it its that thats this is was will be have has had got am do "
    "did think can of to ask for from me my side us now today at the moment time point right "
    "yet really any anything every everything more else further other questions question one "
    "so very much your and or but already just well ok okay guess believe".split()
)
_COMMAND = re.compile(r"\s*[!/]\s*[a-z]+(?:-[a-z]+)*\s*", re.I)
_CONDITIONS = re.compile(
    r"\b(?:salar\w+|pay|paid|compensation|bonus\w*|benefits?|holidays?|vacation|remote|hours|"
    r"perks?|equity|stock)\b",
    re.I,
)
_SUBJECTS = (
    (
        re.compile(r"\b(?:success\w*|expect\w*|first\s+(?:\w+\s+)?(?:days?|weeks?|months?|year)|"
                   r"goals?|measured?|impact|priorit\w+)\b", re.I),
        "It shows that you think of results. Listen for how they are measured, and by whom.",
    ),
    (
        re.compile(r"\b(?:challenge\w*|hard\w*|difficult\w*|problems?|roadmap|plans?|strategy|next|"
                   r"future|debt|bottleneck\w*|incident\w*|outage\w*)\b", re.I),
        "It shows that you want to know where the work is hard. Say in a sentence what you would "
        "look at first.",
    ),
    (
        re.compile(r"\b(?:team|manager|colleagues?|culture|on-?call|reviews?|mentor\w*|decid\w*|"
                   r"decision\w*|day|process\w*)\b", re.I),
        "It shows that you picture yourself at the work. Ask for the last time that it happened: "
        "an example tells more than a principle.",
    ),
    (
        re.compile(r"\b(?:stack|model\w*|data\w*|cluster\w*|gpus?|hardware|tool\w*|framework\w*|"
                   r"deploy\w*|test\w*|scale|latency|training|inference)\b", re.I),
        "It shows interest in the matter. It gains by what you know already: what you would expect "
        "to find, and why.",
    ),
)  # fmt: skip
_ANY = (
    "A good question at this place shows that you have read about the role and think about the "
    "work: what the team finds hard, how success is measured, what you would own."
)


def asks(text: str) -> bool:
    """Whether a reply asks something (or says something), rather than that there is nothing."""
    plain = plain_words(text)
    if not any(sign.isalnum() for sign in plain):
        return False
    if read_intent(text) in ("skip", "stop", "dont_know") or _NOTHING.fullmatch(plain):
        return False
    if _ASKS.search(text):
        return True
    said = set(plain.split())
    return not (said & _DENIES and said <= _DENIES | _BESIDE)


def reply_to(text: str, found: Sequence[Span]) -> Words:
    """The reply to what the candidate asked: a passage, if any was found, and advice."""
    if _COMMAND.fullmatch(text):
        return Words(NO_COMMAND)
    advice = _advice(text)
    if not found:
        known = "Your documents do not say, and I cannot speak for the company."
        return Words(f"{known} {advice}")
    quote = _nearest(text, found[0])
    place = PurePath(quote.path).name or quote.path
    words = " ".join(quote.quote.split())
    said = f"I cannot speak for the company, but your documents say: “{words}” ({place}, "
    return Words(f"{said}characters {quote.start}–{quote.end}). {advice}", (quote,))


def _advice(text: str) -> str:
    if not _ASKS.search(text):
        return _ANY
    if _CONDITIONS.search(text):
        return (
            "It is fair to ask. Pay and conditions are best talked about once there is an offer; "
            "at this place a question about the work says more about you."
        )
    for subject, advice in _SUBJECTS:
        if subject.search(text):
            return advice
    return _ANY


def _nearest(text: str, passage: Span) -> Span:
    """The sentence of a passage that shares most words with what was asked (the first of equals; a
    heading is none), with those that follow it as far as there is room."""
    quote, asked = passage.quote, set(content_words(text))
    places = [at for at in sentences(quote) if quote[: at[1]].endswith((".", "!"))]
    places = places or [(0, len(quote))]
    shared = [len(asked & set(content_words(quote[start:end]))) for start, end in places]
    best = shared.index(max(shared))
    start, end = places[best]
    for _, later in places[best + 1 :]:
        if later - start <= LONGEST_QUOTE and "\n\n" not in quote[end:later]:
            end = later
    if end - start > LONGEST_QUOTE:
        cut = quote.rfind(" ", start + 1, start + LONGEST_QUOTE)
        end = cut if cut > start else start + LONGEST_QUOTE
    return passage.part(start, end)
