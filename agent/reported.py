"""Whether a sentence tells a claim as somebody's error instead of claiming it.

Who says what people wrongly believe has not said it. Invariant: the frame of the sentence decides,
never its subject: "training error" and "false positives" are no frame.
"""

from __future__ import annotations

import re

_AS_ERROR = re.compile(
    r"""
    \b(?:wrongly|mistakenly|falsely|incorrectly|erroneously)\b
    | \b(?:myths?|misconceptions?|misunderstandings?|fallac(?:y|ies)|misbeliefs?|misreading)\b
    | \b(?:it|that|this|which)(?:\s+(?:is|was|would\s+be)|['’]s)\s+(?:simply\s+|just\s+|plain\s+)?
        (?:not\s+(?:true|right|correct|the\s+case|so)|false|wrong|untrue|incorrect|nonsense
        |an?\s+(?:common\s+|frequent\s+|popular\s+|classic\s+)?(?:mistake|error|trap))\b
    | \b(?:does|do)(?:\s+not|n['’]t)\s+hold\b
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
