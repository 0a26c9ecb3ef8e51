"""Where an answer takes back, or leaves open, all that it has said so far.

Invariant: only a sentence in which the speaker talks of the own answer does so. "None of these
methods is right for small data" is a claim, "none of these claims is right" takes back; what others
said, and what holds only if something happens, is not the speaker's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from agent.cleaning import clean
from agent.segments import sentences

LONGEST = 400  # characters of a sentence that are read, from its end
Kind = Literal["taken_back", "left_open"]

_END = r"(?=\W*$|\s*[.,;:!?–—-]\s|\s+(?:and|but|so|because|since|or|as)\b)"
_SPOKEN = (
    r"(?:answers?|repl(?:y|ies)|responses?|explanations?|statements?|claims?|descriptions?|accounts?"
    r"|arguments?|assertions?|sentences?|points?|words?)"
)
_I_SAID = (
    r"(?:(?:that\s+|which\s+)?I(?:['’]ve|\s+have|\s+had)?(?:\s+just|\s+so\s+far)?\s+"
    r"(?:said|told\b(?:\s+you)?|claimed|written|wrote|stated|explained|described|answered|asserted"
    r"|put\s+down|listed|given|gave)(?:\s+(?:so\s+far|before|above|until\s+now|up\s+to\s+here"
    r"|up|here|there|just\s+now|earlier|you))*)"
)
_EARLIER = (
    r"(?:(?:the\s+)?(?:above|foregoing|preceding)(?!\s+(?:the|a|an|all|\d)\b)"
    r"|(?:before|above|up\s+to)\s+(?:this|here|now)(?:\s+sentence|\s+point|\s+line)?)"
)
_THEM = r"(?:that|this|it|these|those|them)"
_MINE = (
    rf"(?:my\s+(?:own\s+|whole\s+|entire\s+|first\s+|last\s+)?{_SPOKEN}"
    r"(?:\s+(?:above|before|so\s+far))?)"
)
_ALL = r"(?:all|everything|anything|every\s+(?:word|bit|part|point|claim|sentence)|each|both|most)"
_NONE = r"(?:none|nothing|neither|not\s+(?:a\s+word|one|any))"
# What the speaker has said, named so that nothing else can be meant.
_OWN = (
    rf"(?:(?:{_ALL}\s+(?:of\s+)?|(?:the\s+)?(?:whole|rest)\s+of\s+)?(?:{_EARLIER}|what\s+{_I_SAID}"
    rf"|{_MINE})|whatever\s+{_I_SAID}|{_ALL}\s+(?:of\s+)?(?:{_THEM}\s+)?{_I_SAID}|{_ALL}\s+{_EARLIER}"
    rf"|(?:that|this|the|my)\s+(?:whole|entire)\s+(?:{_SPOKEN}|thing|story))"
)
# The same where nothing of it is left out: one claim may be put right, and was wrong in a story.
_WHOLE = (
    rf"(?:(?:{_ALL}\s+(?:of\s+)?|(?:the\s+)?(?:whole|rest)\s+of\s+)(?:{_EARLIER}|what\s+{_I_SAID}"
    rf"|{_MINE})|{_EARLIER}|whatever\s+{_I_SAID}|{_ALL}\s+(?:of\s+)?(?:{_THEM}\s+)?{_I_SAID}"
    rf"|(?:that|this|the|my)\s+(?:whole|entire)\s+(?:{_SPOKEN}|thing|story))"
)
# What may be the answer or its subject: the sentences around it decide.
_POINTED = rf"(?:(?:all|every\s+(?:word|bit|part)|the\s+(?:whole|lot))\s+(?:of\s+)?{_THEM})"
_FULLY = (
    r"(?:\s+(?:all|completely|entirely|totally|exactly|just|in\s+fact|actually|simply|plain|utter"
    r"|quite|really|probably|of\s+course|pure|also))*"
)
_IS = r"(?:\s*['’]s|\s+(?:is|was|are|were|has\s+been|have\s+been))"
_WRONG = (
    r"(?:(?:wrong|false|untrue|incorrect|mistaken|nonsense|rubbish|garbage|invalid|backwards"
    r"|reversed|upside\s+down|a\s+lie|lies|made\s+up|an?\s+(?:mistake|error|joke|invention)"
    r"|the\s+(?:wrong|other)\s+way\s+(?:a?round|about)"
    r"|(?:the\s+)?(?:opposite|reverse|contrary)(?:\s+of\s+(?:how|what)\b.*)?"
    r"|not\s+(?:true|right|correct|so|the\s+case|valid))"
    rf"){_END}"
)
_RIGHT = rf"(?:right|true|correct|valid|so|the\s+case|accurate|real|serious|meant){_END}"
_HOLDS = r"(?:holds?|held|appl(?:y|ies)|stands?|works?|counts?)"
_SO = (  # what leads up to such a sentence
    r"(?:(?:wait|sorry|no|well|actually|but|and|so|ok(?:ay)?|hm+|oh|then|please|now|in\s+fact"
    r"|or\s+rather|on\s+second\s+thoughts?|thinking\s+about\s+it|having\s+said\s+that"
    r"|to\s+be\s+honest|i\s+mean|let['’]?s|let\s+us|you\s+(?:can|may|should))"
    r"\b[\s,;:–—-]{0,3}){0,4}"
)

_BACK = re.compile(
    rf"""
    \b{_WHOLE}{_IS}{_FULLY}\s+{_WRONG}
    | \b(?:{_MINE}|what\s+{_I_SAID})(?:\s*['’]s|\s+(?:is|are)){_FULLY}\s+{_WRONG}
    | \b{_WHOLE}(?:\s*,)?\s+(?:does|do)(?:\s+not|n['’]t)\s+{_HOLDS}\b
    | \b{_NONE}\s+(?:of|in)\s+(?:{_OWN}|{_MINE}|{_EARLIER}|(?:these|those|the|my)\s+{_SPOKEN})
        (?:{_IS}{_FULLY}\s+{_RIGHT}|\s+{_HOLDS}{_END})
    | \b{_NONE}\s+(?:of\s+(?:what|it|that|this)\s+)?{_I_SAID}
        (?:{_IS}{_FULLY}\s+{_RIGHT}|\s+{_HOLDS}{_END})
    | \bI\s+(?:now\s+|hereby\s+|must\s+|have\s+to\s+|want\s+to\s+)?(?:take|took)\s+
        (?:it\s+all|that\s+all|everything|{_POINTED}|{_OWN})(?:\s+all)?\s+back\b
    | \bI\s+(?:now\s+|hereby\s+|must\s+|have\s+to\s+|want\s+to\s+)?
        (?:retract|withdraw|revoke|recant|disown)\s+
        (?:it\s+all|all|everything|the\s+(?:whole|lot)|{_POINTED}|{_OWN})
    | \bI\s+(?:had|got|have|mixed|turned|confused|swapped)\s+
        (?:it\s+all|everything|{_POINTED}|{_OWN})(?:\s+all)?\s+
        (?:backwards|reversed|up|upside\s+down|the\s+(?:wrong|other)\s+way\s+(?:a?round|about))
        {_END}
    | \bI\s+(?:no\s+longer|do\s+not|don['’]t)\s+(?:believe|think|hold|mean|stand\s+by|trust)\s+
        (?:(?:a\s+word\s+of|any\s+(?:of|word\s+of))\s+{_THEM}|{_OWN}){_END}
    | ^{_SO}(?:scrap|strike|scratch|forget|ignore|disregard|delete|cancel|discard|drop|erase
        |(?:don['’]t|do\s+not|never)\s+(?:believe|trust|count)(?:\s+a\s+word\s+of)?)\s+
        (?:{_OWN}|{_POINTED})
    | \bI\s+(?:disagree|don['’]t\s+agree|do\s+not\s+agree)\s+with\s+{_OWN}
    | \b(?:opposite|reverse|contrary)\s+of\s+(?:{_OWN}
        |(?:all|everything)\s+(?:of\s+)?{_THEM})(?:{_IS}|\W*$)
    """,
    re.X | re.I,
)
_BACK_IF_OWN = re.compile(
    rf"""
    \b(?:{_POINTED}{_IS}|{_THEM}{_IS}\s+(?:all|completely|entirely)){_FULLY}\s+{_WRONG}
    | \b{_NONE}\s+of\s+{_THEM}(?:{_IS}{_FULLY}\s+{_RIGHT}|\s+{_HOLDS}{_END})
    """,
    re.X | re.I,
)
_VERSIONS = (
    r"(?:\s+(?:of\s+(?:them|these|those|it|both|(?:the|these|those)\s+two|(?:the|these|those)\s+)?"
    r"(?:versions?|statements?|claims?|answers?|options?|possibilit(?:y|ies)|alternatives?|ones?)?"
    r"|versions?|statements?|claims?|answers?|options?|ones?|two)){0,2}"
)
_RIGHT_ONE = r"(?:right|correct|true|proper|valid)"
_TRUE = (
    rf"(?:\s+(?:is|was|are|were|would\s+be|might\s+be|may\s+be)(?:\s+(?:the|my))?\s+"
    rf"(?:{_RIGHT_ONE}(?:\s+(?:one|answer|version))?|answer|case|it)|\s+(?:holds?|applies|counts?))\b"
)
_WHICH = rf"\bwhich{_VERSIONS}"
_UNKNOWN = (
    r"\bI\b(?:[^.]{0,30}?\b(?:not|never|cannot|unable|unsure|forg[eo]t\w*|guess|torn|undecided"
    r"|\w+n['’]t)\b)|(?:^|[,;]\s)(?:no\s+(?:idea|clue)|not\s+(?:sure|certain)|unsure)\b"
    r"|\bno\s+(?:idea|clue)\s+which\b|\b(?:don['’]t|do\s+not)\s+ask\s+me\b|\bwho\s+knows\b"
    r"|\byou\s+(?:decide|choose|judge|pick|tell\s+me)\b|\b(?:up|leave\s+it)\s+to\s+you\b"
)
_UNSURE = re.compile(_UNKNOWN, re.I)
_OPEN = re.compile(
    rf"""
    {_WHICH}(?:{_TRUE})?\W*$ | ^{_SO}{_WHICH}{_TRUE}\W+I\b
    | \b(?:one\s+or\s+the\s+other|between\s+the\s+two
        |either\s+of\s+(?:them|these|those|the\s+two))\b
        .{{0,40}}\b(?:know|say|tell|sure|certain|decide|settle\s+on\s+(?:one|either))\W*$
    """,
    re.X | re.I,
)
_CHOOSE = re.compile(
    rf"""
    ^{_SO}(?:pick|take|choose|use|count|keep|accept|select|mark)\s+
        (?:whichever|whatever|the\s+one){_VERSIONS}(?:\s+(?:that|which))?{_TRUE}
        (?:\W+please)?\W*$
    | ^{_SO}whichever{_VERSIONS}(?:{_TRUE}|\s+is\s+{_RIGHT_ONE})(?:\W*$|\s*,|\s+is\s+my\b)
    """,
    re.X | re.I,
)
_IF = re.compile(
    r"\b(?:if|when|whenever|once|unless|until|without|suppose|in\s+case|before)\b", re.I
)
# Who does not know yet, or says what follows from it, speaks of the subject.
_REASON = re.compile(
    r"\b(?:in\s+advance|beforehand|yet|a\s+priori|since|because|as\s+long\s+as|therefore|hence|why"
    r"|so\s+I)\b",
    re.I,
)
_OTHERS = re.compile(
    r"\b(?:people|many|some|others|they|we|he|she|you|everybody|someone|colleagues?|team|books?|blogs?"
    r"|posts?|notes|papers?|articles?|tutorials?|vendors?|critics|beginners)\s+(?:\w+\s+){0,2}?"
    r"(?:say|says|said|think|thinks|thought|believe\w*|claim\w*|assume\w*|write|writes|wrote|argue\w*"
    r"|expect\w*|hope\w*|tell|tells|told|call\w*|suggest\w*|insist\w*)\b"
    r"|\b(?:myths?|misconceptions?|beliefs?|rumou?rs?|is|are)\s+(?:often\s+|commonly\s+|widely\s+)?"
    r"(?:said|held|believed|claimed|thought)\b|\b(?:myths?|misconceptions?|rumou?rs?)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A sentence, ``answer[start:end]``, with which what stands before it is no longer said."""

    kind: Kind
    start: int
    end: int


def withdrawal(answer: str) -> Withdrawal | None:
    """The last sentence of an answer that takes back, or leaves open, all before it."""
    cleaned = clean(answer)
    found = None
    before = ""
    for low, high in sentences(cleaned.text):
        said = " ".join(cleaned.text[low:high].split())[-LONGEST:]
        kind = _kind(said, before) if before else None
        if kind:
            found = Withdrawal(kind, *cleaned.place(low, high))
        before = said
    return found


def _kind(sentence: str, before: str) -> Kind | None:
    unsure = _UNSURE.search(sentence)
    if _CHOOSE.search(sentence) or (unsure and _OPEN.search(sentence)):
        honest = _IF.search(sentence) or _REASON.search(sentence)
        return None if honest else "left_open"
    back = _BACK.search(sentence)
    if back and not _OTHERS.search(sentence):
        return None if _IF.search(sentence[: back.start()]) else "taken_back"
    back = _BACK_IF_OWN.search(sentence)
    if back and not (_OTHERS.search(sentence) or _OTHERS.search(before)):
        return None if _IF.search(sentence[: back.start()]) else "taken_back"
    return None
