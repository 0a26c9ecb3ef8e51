"""What a candidate's message wants: an answer, or a word to the interviewer (hint, skip, stop…).

Invariant: only a message that is such a request from its first word to its last is taken for one;
whatever else it contains, it is an answer.
"""

from __future__ import annotations

import re
from typing import Literal

from agent.grades import Verdict

Intent = Literal["answer", "dont_know", "skip", "not_my_topic", "repeat", "hint", "why", "stop"]

LONGEST = 60  # characters; requests are short, and long texts need no matching

_COMMANDS: dict[str, Intent] = {
    "hint": "hint",
    "help": "hint",
    "skip": "skip",
    "next": "skip",
    "not my topic": "not_my_topic",
    "pass": "dont_know",
    "idk": "dont_know",
    "repeat": "repeat",
    "why": "why",
    "stop": "stop",
    "quit": "stop",
    "exit": "stop",
}
_ABOUT = (
    r"(?: (?:this|that|it|the answer|this one|that one|about (?:this|that|it)"
    r"|the answer to (?:this|that)(?: one| question)?|anything about (?:this|that|it)))?"
)
_QUESTION = r"(?: (?:this|that|it|the|this one|that one|(?:this|that|the|next) (?:question|one)))?"
_PATTERNS: tuple[tuple[Intent, str], ...] = (
    (
        "dont_know",
        r"(?:i )?(?:really |honestly |simply |just )*(?:do not|dont) (?:really |actually )?"
        rf"(?:know|remember|recall|have (?:an?y? )?(?:idea|clue|answer)){_ABOUT}",
    ),
    ("dont_know", r"(?:i )?(?:have |ive |ive got |got )?(?:absolutely )?no (?:idea|clue|answer)"),
    ("dont_know", rf"(?:(?:i am|im) )?not (?:really |quite |at all )?sure(?: at all)?{_ABOUT}"),
    ("dont_know", rf"(?:i )?(?:can not|cannot|cant|could not|couldnt) (?:say|tell|answer){_ABOUT}"),
    (
        "dont_know",
        r"(?:i )?(?:can not|cannot|cant|could not|couldnt) "
        r"(?:think of (?:an example|anything|one|any)|(?:remember|recall)(?: (?:that|it|this))?)",
    ),
    (
        "dont_know",
        r"nothing (?:comes to mind|right now|at all)|i forgot"
        r"|(?:i )?never heard of (?:it|that|this)",
    ),
    (
        "dont_know",
        r"idk|dunno|(?:i )?dunno|(?:i )?(?:will )?pass|ill pass|beats me|you tell me|no comment",
    ),
    (
        "skip",
        rf"(?:i would like to |id like to |can we |could we |lets |i want to )?skip{_QUESTION}",
    ),
    ("skip", r"(?:(?:go|move|lets move|lets go) on to )?(?:the )?next(?: question| one)?|move on"),
    (
        "skip",
        r"(?:i )?(?:(?:do not|dont) (?:really )?(?:want|wish) to|would rather not|id rather not"
        r"|prefer not to|refuse to|will not|wont) (?:answer|say|talk about)"
        r"(?: (?:this|that|it|the question))?(?: (?:one|question))?",
    ),
    (
        "not_my_topic",
        r"(?:this|that|it)?(?: ?(?:is|s|was))? ?(?:really )?not (?:really |at all )?my"
        r" (?:topic|subject|field|area)(?: at all)?",
    ),
    (
        "repeat",
        r"(?:(?:can|could|would|will) you )?(?:repeat|say|ask)(?: (?:that|it|this|the question))"
        r"(?: again| once more| one more time)?",
    ),
    ("repeat", r"repeat|(?:come )?again|say again|pardon(?: me)?|one more time"),
    ("repeat", r"(?:what was|whats|what is) (?:the|your) question(?: again)?"),
    (
        "hint",
        r"(?:(?:can|could|may) (?:i|you|we) (?:have|get|give me|please have)|give me|i need|i want"
        r"|id like|i would like|any)?(?: ?(?:a|an|another|one more|some|the|any))?"
        r"(?: little| small)? ?(?:hints?|clue|tip)",
    ),
    ("hint", r"help(?: me)?(?: out)?|(?:can|could) you help(?: me)?(?: out)?"),
    (
        "why",
        r"why(?: (?:this|that)(?: question| one)?| (?:do|did|are) you (?:ask(?:ing)?)"
        r"(?: me)?(?: (?:this|that|it))?(?: question)?)?",
    ),
    ("why", r"why (?:is|was) (?:this|that) (?:asked|important|relevant)|whats the point"),
    (
        "stop",
        r"(?:i want to |i would like to |id like to |lets |can we |please )?"
        r"(?:stop|quit|exit|end|finish)(?: (?:it|now|here|there|please))?"
        r"(?: (?:this|the|my) (?:interview|session|quiz))?(?: now| here)?",
    ),
    (
        "stop",
        r"(?:i am|im) (?:done|finished)(?: for (?:today|now))?"
        r"|thats (?:all|enough) for (?:today|now)",
    ),
)
_MATCHERS = tuple((intent, re.compile(pattern)) for intent, pattern in _PATTERNS)
_PADDING = re.compile(
    r"^(?:(?:sorry|please|um+|uh+|hm+|er+|oh|ok|okay|well|honestly|actually|to be honest|maybe"
    r"|i am afraid|im afraid|i think) )+"
    r"|(?: (?:please|sorry|thanks|thank you|then|though|for now))+$"
)

_REPLIES: tuple[tuple[Verdict, str], ...] = (
    ("covered", r"y|yes|yep|yeah|i did|yes i did|i said (?:this|that|it)"),
    ("partial", r"partly|partially|sort of|kind of|half|in part|not quite"),
    ("missing", r"n|no|nope|i did not|i didnt|no i did not|no i didnt"),
    ("contradicted", r"(?:i said )?(?:the )?opposite|i said the contrary|the contrary"),
)


def read_intent(text: str) -> Intent:
    """What a message asks for. ``!hint`` and ``/hint`` are commands; so are plain words.

    Unknown commands and everything else are answers, the empty text too.
    """
    if len(text) > LONGEST * 2:
        return "answer"
    stripped = text.strip()
    if stripped[:1] in ("!", "/"):
        return _COMMANDS.get(plain_words(stripped[1:]), "answer")
    plain = plain_words(stripped)
    if not plain or len(plain) > LONGEST:
        return "answer"
    for words in dict.fromkeys((plain, _PADDING.sub("", plain))):
        for intent, pattern in _MATCHERS:
            if pattern.fullmatch(words):
                return intent
    return "answer"


def read_reply(text: str) -> Verdict | None:
    """What a typed reply to "did you say this?" means; None where it is something else."""
    plain = plain_words(text) if len(text) <= LONGEST else ""
    for verdict, pattern in _REPLIES:
        if re.fullmatch(pattern, plain):
            return verdict
    return None


def plain_words(text: str) -> str:
    """A message as it is compared: lower case words, one space between them, no punctuation;
    ``don't`` becomes ``dont``."""
    joined = re.sub(r"(?<=\w)['’`](?=\w)", "", text.casefold())
    # A sign between digits or letters belongs to a real answer ("x->y"), so it must not vanish.
    return " ".join(re.sub(r"[\s.,;:!?…\"'“”‘’()-]+", " ", joined).split())
