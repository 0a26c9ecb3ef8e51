"""What a good answer about one's own experience has in it, whatever the story is.

Invariant: no point comes from anybody else's story: none has a span.
"""

from __future__ import annotations

import re

from corpus.schema import KeyPoint

_SUBJECT = re.compile(
    r"\b(?:experiences?|background|familiarity) (?:with|in|of|using|working with|working on) "
    r"(?:using |working with )?(?P<with>[^?.;]{2,80})|"
    r"\b(?:time|situation|occasion|instance) (?:when|where|in which|that) (?:you |"
    r"your )?(?P<when>[^?.;]{4,90})|"
    r"\b(?:project|challenge|conflict|failure|mistake) (?:where|in which|that|when)? ?you "
    r"(?P<did>[^?.;]{4,90})|"
    r"\b(?:used|worked (?:with|on)|built|dealt with|led|managed|deployed|faced|"
    r"encountered) (?P<used>[^?.;]{2,80})",
    re.I,
)
_STORY = (
    ("situation", "Names a real, specific situation{about}: the project, the team and what "
                  "was at stake", 1.0),
    ("task", "Says what the goal was and what was the candidate's own responsibility{about}", 0.8),
    ("action", "Explains step by step what the candidate did, and why that and nothing "
               "else{about}", 1.4),
    ("result", "Gives the result with a number: time, cost, accuracy, users or errors "
               "before and after", 1.2),
    ("lesson", "Says what was learned, and what the candidate would do differently today", 0.8),
)  # fmt: skip


def rubric(question: str) -> tuple[KeyPoint, ...]:
    """Five points that any good story has: situation, task, action, result and lesson.

    They follow the STAR scheme of structured interviews; the subject of the question is named where
    it can be read from its words.
    """
    subject = _subject(question)
    about = f" ({subject})" if subject else ""
    return tuple(
        KeyPoint(name, text.format(about=about) + ".", weight) for name, text, weight in _STORY
    )


def _subject(question: str) -> str:
    match = _SUBJECT.search(question)
    if match is None:
        return ""
    found = next((group for group in match.groups() if group), "")
    return re.sub(r"\byour\b", "the candidate's", found).strip(" ,:")
