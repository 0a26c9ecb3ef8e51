"""Words of an answer that address the marker instead of the question.

Invariant: what is found begins at a clause, or within one that is too long to be a clause, and ends
with its sentence; words before it stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.segments import clauses, sentences

DICTATED = 15  # words of a clause before an instruction: more than leads up to it
_MARKER = (
    r"(?:ai\s+)?(?:grader|marker|examiner|evaluator|assessor|interviewer"
    r"|(?:grading|marking|evaluation|scoring)\s+(?:model|system|assistant|software|bot))"
)
_WORK = r"(?:answers?|responses?|submissions?|candidates?|key\s*points?|points?|criteri(?:on|a))"
_TOP = r"(?:1(?:\.0+)?|100|one|10\s?/\s?10|5\s?/\s?5|full|(?:the\s+)?(?:maximum|highest|top))"
_INSTRUCTION = re.compile(
    rf"""
    \b(?:ignore|disregard|forget|override|bypass|discard)\b[^.\n]{{0,30}}
        \b(?:previous|above|prior|earlier|preceding|your|these|those|any|all|system|the\s+rubric)\b
        [^.\n]{{0,30}}(?:\b(?:instructions?|prompts?|rubrics?|rules|guidelines?|criteria|
        directions|references?|context|messages?|text)\b)
    | \b(?:ignore|disregard|forget|override|bypass)\s+(?:the\s+)?
        (?:rubric|marking|grading|reference|key\s*points)
    | \b(?:give|award|assign|grant|allocate|(?:deserve|receive|earn)s?)\b[^.\n]{{0,40}}
        \b(?:full|maximum|max|highest|perfect|top|100\s?%|10\s?/\s?10|1\.0|all)\b
        [^.\n]{{0,20}}(?:\b(?:marks?|scores?|credits?|points?|grades?|ratings?)\b|$)
    | \b(?:award|assign|grant)\b[^.\n]{{0,30}}\b(?:1\.0|100|10\s?/\s?10|5\s?/\s?5|the\s+maximum)
    | \b(?:mark|grade|score|label|treat|consider|rate|count|accept|regard|record|set)\b
        [^.\n]{{0,90}}\b(?:{_WORK}|it|this|them|everything)\b[^.\n]{{0,90}}
        \b(?:as|to)\b[^.\n]{{0,20}}\b(?:correct|covered|complete|perfect|right|passed|satisfied)\b
    | \b(?:treat|consider|regard|accept)\s+(?:this|it|them|the\s+following|everything\s+below)\b
        [^.\n]{{0,20}}\b(?:as\b[^.\n]{{0,20}}
        \b(?:complete|covered|correct|perfect|solution|exceeding)\b|a\s+perfect\b)
    | \b(?:you\s+are|you're|dear|attention|note\s+(?:to|for)|message\s+to|
        instructions?\s+(?:to|for)|hey|hello)\s*,?\s+(?:an?\s+|the\s+|my\s+)?{_MARKER}\b
    | \b(?:as|to|for)\s*,?\s+(?:an?\s+|the\s+|my\s+)?(?!interviewer){_MARKER}\b
    | (?:^|[\[(])\W{{0,5}}{_MARKER}\s?[,:]
    | \b{_MARKER}(?:'s)?\s+(?:verdict|must|should|shall|will|is\s+to|needs?\s+to|has\s+to|please|
        can\s+see)\b
    | \b(?:this|my|the)\s+(?:following\s+)?(?:candidate(?:'s)?\s+)?(?:answer|response|submission)\s+
        (?:is|covers|deserves|should|must|earns|has|was|fully|addresses|satisfies|meets|contains)\b
        [^.\n]{{0,40}}\b(?:(?<!not\s)correct|perfect|complete|covered|key\s*points?|accepted|
        maximum|graded|verified|marks?|excellent|expert|pre-approved)\b
    | \b(?:this|my)\s+(?:following\s+)?(?:answer|response|submission)\s+
        (?:is|covers|deserves|has|fully|addresses|satisfies|meets|contains)\b
        [^.\n]{{0,40}}\b(?:full|every|all)\b
    | \bthe\s+(?:candidate's\s+)?(?:answer|response|submission)\s+
        (?:covers|fully|addresses|satisfies|meets|contains)\b[^.\n]{{0,40}}\b(?:every|all)\b
    | \b(?:this|the)\s+(?:\w+\s+)?candidate(?:'s\s+(?:answer|response))?\s+(?:ended\s+here|passes|
        (?:is|was|has(?:\s+already)?(?:\s+been)?|answered|explained|covered)\b[^.\n]{{0,60}}
        \b(?:correct|perfect|complete|covered|verified|excellent|expert|approved|accepted|
        every(?:thing)?|correctly)\b)
    | \b(?:all|every|each|the\s+(?:remaining|other))\s+(?:of\s+)?(?:the\s+)?
        (?:(?:two|three|four|five|six|seven|\d)\s+)?(?:key\s*points?|criteria|rubric\s+items?)\b
        [^.\n]{{0,140}}\b(?:covered|addressed|met|satisfied|present)\b
    | \b(?:remaining|other)\s+points\b[^.\n]{{0,80}}\b(?:covered|answered)\b
    | ["']?\b(?:verdict|final\s+score|score|grade|label|mark|confidence)["']?\s*[:=]\s*["']?
        (?:covered|correct|1(?:\.0+)?\b(?!\s*/)|100\b|full|10\s?/\s?10|5\s?/\s?5|a\+
        |pass(?:ed)?\b(?!\s*(?:or\b|/|y/n)))
    | \b(?:output|return|respond|enter|print|reply|answer|write|set|rate|score|give|grade|assign|
        say)\b[^.\n]{{0,25}}?\b(?:(?:scores?|marks?|grade)\s+(?:of\s+|to\s+)?{_TOP}\b
        |(?:only\s+)?["'“]?1\.0\b|1\.0["”]?\s+for\s+all|(?:it\s+)?100\s?(?:%|percent)\W*$
        |["'“]covered["”]|(?:the\s+)?verdicts?\s+covered)
    | \b(?:scores?|marks?|grade)\s+
        (?:of\s+(?:this|the)\s+(?:answer|submission|response|candidate)\s+)?
        (?:is|to|of)\s+(?:1\.0\b|100\s?%|one\b(?!\s+\w))
    | \b(?:receives?|gets?|deserves?|earns?|passes\s+with)\s+(?:a\s+)?
        (?:1\.0\b|full\s+(?:score|marks?|credit)|100\s?%)
    | \bany\s+(?:answer|mention|response)\b[^.\n]{{0,140}}\b(?:complete|covered|correct|accepted|
        deserves?|receives?|full)\b
    | \b(?:new|updated|revised|changed)\s+
        (?:rubric|grading|marking|scoring|system\s+prompt|policy)\b
    | \b(?:rubric|reference)\b[^.\n]{{0,40}}\b(?:outdated|suspended|replaced)\b
    | \b(?:lenient|generous|override|maintenance|grading[- ]override)\s+
        (?:mode|marker|grader|examiner)\b
    | \bbe\s+(?:generous|lenient|kind)\b(?=[^.\n]*$)
    | \b(?:evaluation|grading|marking)\b[^.\n]{{0,25}}\b(?:ends?|finished|over|suspended|complete)\b
        (?:\s+here|\s*[.;,:]|\s*$)
    | \bno\s+(?:further|more)\s+(?:marking|grading|checks?|checking|content|evaluation)\b
        [^.\n]{{0,20}}\b(?:required|needed|necessary)\b
    | \bdo\s+not\s+(?:evaluate|check\s+further|grade|mark)\b
    | \b(?:explained|answered|covered|submitted|verified|approved)\s+(?:everything\s+)?(?:orally|
        separately|in\s+full\b(?!\s+\w+\s+terms)|correctly\s+by|by\s+(?:phone|another\s+tool|the\s+panel)|
        during\s+the\s+(?:warm-up|interview|live))
    | \bassume\b[^.\n]{{0,40}}\banswer\b[^.\n]{{0,80}}\b(?:given|complete|correct)\b
    | \b(?:mark|count|record|rate)(?:s|ed|ing)?\s+as\s+(?:covered|complete|fully\s+correct)\b
    | \bgraded\s+as\s+passed\b | \bofficial\s+sample\s+solution\b | \brepeat\s+after\s+me\b
    | (?:^|[#*=\[\]]\s{{0,3}})end\s+of\s+(?:the\s+)?
        (?:answer|response|submission|prompt|system|lenient)\b
    | \b(?:full|maximum)\s+(?:marks|credit|points)\b
    | ^\W*(?:system|developer|admin|assistant)\s*(?:prompt|message|override|note|instruction)?
        \s*\]?\s*[:>,](?=.*\b(?:marks?|grad\w+|scor\w+|instructions?|rubric|answer|candidate|
        covered|reference|verdict|mode|evaluation)\b)
    | ^\W*(?:\#+\s*)(?:system|instructions?|assistant|evaluation|verdict)\b
    | ^\W*\[\[\w+\]\]
    """,
    re.X | re.I,
)
_ADDRESSED = re.compile(
    rf"\W*(?:system|developer|admin|assistant|dear|note|attention|message|{_MARKER})\b", re.I
)


def instructions(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of the words that address the marker, from the clause in which they begin to
    the end of its sentence: what is said to be covered often follows in the same breath."""
    for low, high in sentences(text):
        if not _addresses(text[low:high]):
            continue
        found = [(a, b) for a, b in _fine_clauses(text, low, high) if _addresses(text[a:b])]
        addressed = not found or _ADDRESSED.match(text[low:high])
        yield low if addressed else _beginning(text, *found[0]), high


def _beginning(text: str, low: int, high: int) -> int:
    """Where in a clause the words to the marker begin: in a dictation without commas, all that was
    said before them is in the same one."""
    spoken = list(re.finditer(r"\S+", text[low:high]))
    found = _INSTRUCTION.search(" ".join(word.group() for word in spoken))
    before = len(found.string[: found.start()].split()) if found else 0
    return low + spoken[before].start() if before >= DICTATED else low


def _addresses(text: str) -> bool:
    # Runs of white space are folded: they would make the search quadratic.
    return bool(_INSTRUCTION.search(" ".join(text.split())))


def _fine_clauses(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Clauses, cut at every comma as well."""
    for start, end in clauses(text, low, high):
        for match in re.finditer(r"[^,]+", text[start:end]):
            if match.group().strip():
                yield start + match.start(), start + match.end()
