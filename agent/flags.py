"""What is wrong with an answer before its content is judged, and which of its words may count.

Invariant: words that address the marker, or that only repeat the question, are blanked in
`Inspected.cleaned` and can therefore not be evidence for a point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.cleaning import Cleaned, clean
from agent.grades import Flag
from agent.segments import clauses, sentences
from agent.words import (
    CONTENT_FREE,
    FUNCTION_WORDS,
    POLAR_ANSWERS,
    content_words,
    words,
)

COPIED_SHARE = 0.85  # of a sentence's words that stand in one of the question's, in order
COPIED_CONTENT = 0.9  # of its content words, in any but a wild order
COPIED_WORDS = 5  # a shorter sentence may say the question's words by chance
LIST_MIN_WORDS = 7
LIST_SURE_WORDS = 10  # below, only a list without a single function word counts
LIST_FUNCTION_SHARE = 0.13  # running prose has 0.35 to 0.5, terse notes about 0.2
_MARKER = (
    r"(?:ai\s+)?(?:grader|marker|examiner|evaluator|assessor"
    r"|(?:grading|marking)\s+(?:model|system|assistant|software))"
)
_WORK = r"(?:answers?|responses?|submissions?|candidates?|key\s*points?|points?|criteri(?:on|a))"
_INSTRUCTION = re.compile(
    rf"""
    \b(?:ignore|disregard|forget|override|bypass|discard)\b[^.\n]{{0,30}}
        \b(?:previous|above|prior|earlier|preceding|your|these|those|any|all|system|the\s+rubric)\b
        [^.\n]{{0,30}}(?:\b(?:instructions?|prompts?|rubrics?|rules|guidelines?|criteria|
        directions|references?|context|messages?|text)\b)
    | \b(?:ignore|disregard|forget|override|bypass)\s+(?:the\s+)?
        (?:rubric|marking|grading|reference)
    | \b(?:give|award|assign|grant|allocate|deserves?|receive|earn)s?\b[^.\n]{{0,40}}
        \b(?:full|maximum|max|highest|perfect|top|100\s?%|10\s?/\s?10|1\.0|all)\b
        [^.\n]{{0,20}}(?:\b(?:marks?|scores?|credits?|points?|grades?|ratings?)\b|$)
    | \b(?:award|assign|grant)\b[^.\n]{{0,30}}\b(?:1\.0|100|10\s?/\s?10|5\s?/\s?5|the\s+maximum)
    | \b(?:mark|grade|score|label|treat|consider|rate|count|accept|regard)\b[^.\n]{{0,40}}
        \b(?:{_WORK}|it|this|everything)\b[^.\n]{{0,30}}
        \bas\b[^.\n]{{0,20}}\b(?:correct|covered|complete|perfect|right|passed|satisfied)\b
    | \b(?:as|you\s+are|you're|dear|attention|note\s+to|message\s+to|instructions?\s+(?:to|for)|
        to|for|hey|hello)\s*,?\s+(?:an?\s+|the\s+|my\s+)?{_MARKER}\b
    | \b{_MARKER}\s+(?:must|should|shall|will|is\s+to|needs?\s+to|has\s+to|please|can\s+see)\b
    | \b(?:this|my|the)\s+(?:answer|response|submission)\s+
        (?:is|covers|deserves|should|must|earns|has|fully|addresses|satisfies|meets|contains)\b
        [^.\n]{{0,40}}\b(?:correct|perfect|complete|full|every|all|covered|key\s*points?|
        maximum|graded|verified|marks?|excellent|expert)\b
    | \b(?:all|every)\s+(?:of\s+)?(?:the\s+)?(?:key\s*points?|criteria|rubric\s+items?)\s+
        (?:(?:are|is|have|has|were|was)\s+)?(?:been\s+)?(?:covered|addressed|correct|met|satisfied)
    | ["']?\b(?:verdict|final\s+score|score|grade|label)["']?\s*[:=]\s*["']?
        (?:covered|correct|1(?:\.0+)?\b|100\b|full|10\s?/\s?10|5\s?/\s?5|pass|a\+)
    | \b(?:new|updated|revised|changed)\s+(?:rubric|grading|marking|scoring|system\s+prompt)
    | \bend\s+of\s+(?:the\s+)?(?:answer|response|submission|prompt|system)\b
    | \b(?:full|maximum)\s+(?:marks|credit|points)\b
    | ^\W*(?:system|developer|admin)\s*(?:prompt|message|override|note|instruction)?\s*\]?\s*[:>]
        (?=.*\b(?:marks?|grad\w+|scor\w+|instructions?|rubric|answer|candidate|covered)\b)
    | ^\W*(?:\#+\s*)(?:system|instructions?|assistant)\b
    """,
    re.X | re.I,
)
_POLAR = frozenset("is are was were do does did can could should would will has have".split())
_CHOICE = re.compile(r"\b(?:or|whether|which|choices?|choose|select|pick|agree)\b", re.I)
_LISTING = re.compile(
    r"\b(?:list|name|enumerate|write[- ]down|give \w+ examples?|state (?:the|all|\w+ of))\b", re.I
)
_ARTICLES = frozenset({"the", "an"})  # "a" may be a name: "bulb A is lit"
_OTHER_LANGUAGES = frozenset(
    """der die das den dem ein eine und ist sind nicht mit von zu auf für im wird werden da man
    le la les des du et est sont une un dans pour que qui el los las y es son en por para con del
    il lo gli di che per sono não os as um uma é het een van en niet""".split()
)
_NEVER_AFTER_ARTICLE = frozenset(
    "the a an of in on at by to from is are was were be and or but because that which it".split()
)


@dataclass(frozen=True, slots=True)
class Inspected:
    """The answer with what may not count blanked, and the flags raised so far."""

    cleaned: Cleaned
    flags: tuple[Flag, ...]


def inspect(question: str, answer: str) -> Inspected:
    """Clean the answer, take out instructions and copies of the question, raise flags."""
    cleaned = clean(answer)
    flags: list[Flag] = []
    instructed = list(_instructions(cleaned.text))
    for start, end in instructed:
        cleaned = cleaned.without(start, end)
    if instructed or cleaned.hidden:
        flags.append("injection")
    if is_content_free(cleaned.text, question):
        # An answer that is nothing but an injection is told as such, not as empty.
        return Inspected(cleaned, (*flags, "empty"))
    if is_keyword_list(cleaned.text, question):
        flags.append("keyword_list")
    before = len(content_words(cleaned.text))
    for start, end in list(_copies(cleaned.text, question)):
        cleaned = cleaned.without(start, end)
    left = len(content_words(cleaned.text))
    if before and left <= 0.3 * before:
        flags.append("question_copied")
    return Inspected(cleaned, tuple(flags))


def is_content_free(text: str, question: str = "") -> bool:
    """No words, or only words such as "I don't know" and "let's think step by step".

    A bare yes or no counts as an answer where the question can be answered so.
    """
    said = words(text)
    if _is_closed(question) and any(w in POLAR_ANSWERS for w in said) and len(said) <= 2:
        return False
    if len(said) == 1 and len(said[0]) == 1 and said[0] != "i":
        return False  # the letter of a choice or the name of a quantity
    return all(w in CONTENT_FREE or w in POLAR_ANSWERS for w in said)


def is_keyword_list(text: str, question: str = "") -> bool:
    """Terms without grammar: hardly any function words, or articles where none can stand.

    Not where the question asks for a list.
    """
    said = [w for w in words(text) if not w[0].isdigit()]
    if len(said) < LIST_MIN_WORDS or _LISTING.search(question):
        return False
    function = sum(w in FUNCTION_WORDS or w in _OTHER_LANGUAGES for w in said)
    sure = function == 0 or len(said) >= LIST_SURE_WORDS
    if sure and function / len(said) < LIST_FUNCTION_SHARE and not _has_code(text):
        return True
    articles = [i for i, w in enumerate(said[:-1]) if w in _ARTICLES]
    broken = sum(said[i + 1] in _NEVER_AFTER_ARTICLE for i in articles)
    return len(said) >= 15 and broken >= 2 and broken / len(articles) > 0.3


def _has_code(text: str) -> bool:
    return len(re.findall(r"[{}()=;<>\[\]]", text)) > 0.04 * len(text)


def _instructions(text: str) -> Iterator[tuple[int, int]]:
    """The clauses that address the marker; the whole sentence where no clause does alone."""
    for low, high in sentences(text):
        if not _is_instruction(text[low:high]):
            continue
        found = [(a, b) for a, b in _fine_clauses(text, low, high) if _is_instruction(text[a:b])]
        yield from found or [(low, high)]


def _is_instruction(text: str) -> bool:
    # Runs of white space are folded: they would make the search quadratic.
    return bool(_INSTRUCTION.search(" ".join(text.split())))


def _fine_clauses(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Clauses, cut at every comma as well."""
    for start, end in clauses(text, low, high):
        for match in re.finditer(r"[^,]+", text[start:end]):
            if match.group().strip():
                yield start + match.start(), start + match.end()


def _copies(text: str, question: str) -> Iterator[tuple[int, int]]:
    asked = [question[a:b] for a, b in sentences(question)]
    every = set(content_words(question))
    for low, high in sentences(text):
        said, content = words(text[low:high]), content_words(text[low:high])
        if len(said) < COPIED_WORDS:
            continue
        if any(_in_order(said, words(one)) >= COPIED_SHARE * len(said) for one in asked):
            yield low, high
        # A question that names the choices is answered in its own words; so is a long story.
        elif len(content) >= COPIED_WORDS - 1 and not _is_closed(question) and len(asked) <= 2:
            shared = sum(w in every for w in content)
            ordered = _in_order(content, content_words(question))
            if shared >= COPIED_CONTENT * len(content) and ordered >= 0.6 * len(content):
                yield low, high


def _is_closed(question: str) -> bool:
    return bool(_CHOICE.search(question)) or any(w in _POLAR for w in words(question)[:1])


def _in_order(said: list[str], asked: list[str]) -> int:
    """Length of the longest common subsequence (Wagner and Fischer 1974), of at most 200 words."""
    row = [0] * (len(asked) + 1)
    for word in said[:200]:
        diagonal = 0
        for j, other in enumerate(asked, 1):
            above = row[j]
            row[j] = diagonal + 1 if word == other else max(above, row[j - 1])
            diagonal = above
    return row[-1]
