"""In whose name a sentence tells a claim: as somebody's error, or as the words of a source.

Who says what people wrongly believe has not said it; who says where it stands has said no more.
Invariant: the frame of the sentence decides, never its subject: "training error" and "false
positives" are no frame, "according to the roofline" names no source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.segments import sentences

_SOURCE = (
    r"(?:(?:the|my|our|your|these|this|an?|every)\s+(?:[\w-]+\s+){0,2}?(?:notes?|sources?|references?"
    r"|(?:text)?books?|texts?|documentation|docs|documents?|slides?|lectures?|courses?|articles?"
    r"|papers?|materials?|handouts?|scripts?|manuals?|chapters?|teachers?|lecturers?|professors?"
    r"|authors?|tutors?|posts?|guides?))"
)
_TELLS = (
    r"(?:says?|said|states?|stated|puts?\s+it|has\s+it|have\s+it|tells?(?:\s+us)?|told\s+us"
    r"|explains?|explained|writes?|wrote|teach(?:es)?|taught(?:\s+us)?|describes?(?:\s+it)?)"
)
_ATTRIBUTED = re.compile(
    rf"""
    \W*(?:(?:and|so|well|now)\s+)?
    (?: (?:as|like)\s+{_SOURCE}\s+{_TELLS}\s*[,:]
      | (?:as|like)\s+(?:(?:is|was)\s+)?(?:stated|said|written|explained|described|put|taught)\s+
        (?:in|by)\s+{_SOURCE}\s*[,:]
      | (?:according\s+to|in\s+the\s+words\s+of|(?:to\s+)?quot(?:e|ing)(?:\s+from)?)\s+
        {_SOURCE}\s*[,:]
      | (?:it\s+(?:says|is\s+(?:written|stated|said|explained))\s+in\s+{_SOURCE}
        |{_SOURCE}\s+{_TELLS})(?:\s*[:,]|\s+that\b)
    )
    """,
    re.X | re.I,
)
_AS_ERROR = re.compile(
    r"""
    \b(?:wrongly|mistakenly|falsely|incorrectly|erroneously)\b
    | \b(?:myths?|misconceptions?|misunderstandings?|fallac(?:y|ies)|misbeliefs?|misreading)\b
    | \b(?:it|that|this|which)(?:\s+(?:is|was|would\s+be)|['’]s)\s+(?:simply\s+|just\s+|plain\s+)?
        (?:not\s+(?:true|right|correct|the\s+case|so)|false|wrong|untrue|incorrect|nonsense
        |an?\s+(?:common\s+|frequent\s+|popular\s+|classic\s+)?(?:mistake|error|trap))\b
    | \b(?:does|do)(?:\s+not|n['’]t)\s+hold\b(?=\W*$|\s*[,;:]|\s+(?:in|for|here|true|at\s+all)\b)
    | \b(?:common|frequent|popular|classic|typical|usual|widespread)\s+(?:mistake|error|belief
        |assumption|claim|trap)\b
    | \bcontrary\s+to\s+(?:what|the\s+(?:belief|claim|idea)|popular)\b
    | \bI\s+(?:used\s+to|once)\s+(?:think|thought|believe|believed)\b
    | (?:\bnot|n['’]t)\s+(?:fall\s+for|believe|assume|confuse)\b
    """,
    re.X | re.I,
)


def told_as_error(sentence: str) -> bool:
    """Whether what the sentence says is told as wrong."""
    return bool(_AS_ERROR.search(sentence))


def attributions(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of the words at the head of each sentence that only say where it stands."""
    for low, high in sentences(text):
        found = _ATTRIBUTED.match(text, low, high)
        if found:
            yield low, found.end()
