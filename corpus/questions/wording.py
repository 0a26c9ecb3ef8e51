"""The words of a question: is it one, how does it read, what kind is it, how hard.

Invariant: `cleaned` adds no words but the final punctuation; it only takes markup and marks away.
"""

from __future__ import annotations

import re
import unicodedata

from corpus.lines import NUMBER
from corpus.questions.choices import asked_for
from corpus.questions.plaintext import plain
from corpus.schema import QuestionKind

_AUX = r"(?:is|are|was|were|do|does|did|can|could|would|should|will|has|have|had|might|may|must)"
_WH = r"(?:what|why|how|when|which|who|whom|whose|where)"
_ASKING = re.compile(
    rf"(?:(?:in|at|on|to|for|under|from|by|with) )?{_WH}(?:[’']s\b| {_AUX}\b)|{_AUX}(?:n[’']t)? "
    rf"(?:you|we|i|it|there|the|an?|this|these|they|one|all)\b",
    re.I,
)
_WH_THEN_VERB = re.compile(rf"{_WH}\b[^.?!]{{0,80}}?\b{_AUX}\b", re.I)
_PROMPT_VERB = re.compile(
    r"(?:please |briefly |can you |could you )*(?:explain|describe|compare|contrast|discuss|define|"
    r"differentiate|distinguish|outline|summari[sz]e|elaborate|walk (?:me|us) through|"
    r"tell (?:me|us)|propose|illustrate|highlight|justify|derive|prove|list|name|give (?:an?|some)|"
    r"state the|evaluate|analy[sz]e|identify|design|talk (?:me|us) through|debug|diagnose)\b",
    re.I,
)
_TASK_VERB = re.compile(
    r"(?:write|implement|create|compute|calculate|find|return|show|count|remove|reverse|given|sort|"
    r"merge|print|build|solve|code|check|optimi[sz]e|refactor|select|get|determine|estimate)\b",
    re.I,
)
_NUMBERING = re.compile(
    r"(?:(?:interview )?(?:q|question|task|problem|exercise)\s*[#№]?\s*\d{0,4}\s*(?:[.:)\]]|"
    r"[-–—] |$)|"
    rf"[#(\[]?{NUMBER}(?:\.\d{{1,2}})*\s*[.):\]](?!\d)\s*|"
    r"\d{1,2}(?:\.\d{1,2})+\s+|#\d+\s+)\s*",
    re.I,
)
_ANCHOR = re.compile(
    r"\s*(?:\{#[^{}]*\}|\[(?:¶|#|🔗|link)?\]\([^()]*\)|¶|<a\b[^<>]*>\s*</a>)\s*", re.I
)
_LEVEL_TAG = re.compile(
    r"\s*[\[(](?:easy|medium|hard|beginner|intermediate|advanced|expert|basic|"
    r"difficult(?:y)?:? ?\w*)"
    r"[\])]\s*$",
    re.I,
)
_NOT_A_QUESTION = re.compile(
    r"(?:what[’']?s next|where to go|ready to|want to|want more|looking for|still have|"
    r"have (?:any )?"
    r"questions|need help|any questions|who (?:is|should|are) (?:this|read|we|i)\b|"
    r"why (?:this|us)\b|"
    r"what (?:you|you[’']ll|you will|will you|do readers|our|readers)\b|would you like me|"
    r"do you want me|shall i|shall we|how to use this|was this|did you (?:find|enjoy|like)|"
    r"thank(?:s| you)\b|questions\W*$|do you have (?:any )?(?:further |other )?questions|"
    r"interested in|sound (?:good|familiar)|curious)",
    re.I,
)
_BEHAVIOURAL = re.compile(
    r"(?:\b(?:describe|explain|share|discuss|tell (?:me|us) about|talk about|what(?: is|"
    r"[’']s)) your "
    r"(?:\w+ )?(?:experience|background|role|approach at|proudest|biggest|greatest|career)\b|"
    r"\byour (?:own |past |previous |prior |hands-on |practical |work )*experiences?\b|"
    r"\b(?:a|any|one|the) (?:\w+ )?(?:time|situation|occasion|instance|project|challenge|conflict|"
    r"failure|mistake|experience)s? (?:when|where|in which|that|which)? ?you(?:[’']ve)?\b|"
    r"\btell (?:me|us) about (?:a|an|your|yourself)\b|\bhave you (?:ever |"
    r"previously )?(?:used|worked|"
    r"built|dealt|led|had|managed|deployed|faced|encountered|optimi[sz]ed|shipped)\b|"
    r"\byour (?:greatest|biggest|proudest|strengths?|weakness(?:es)?)\b|"
    r"\bwhy do you want (?:to|this)\b|\bwalk (?:me|us) through your (?:resume|résumé|cv|background|"
    r"project|career)\b|\bwhat (?:have|did) you (?:learn|built|done)\b)",
    re.I,
)
_KINDS: tuple[tuple[QuestionKind, re.Pattern[str]], ...] = (
    (
        "comparison",
        re.compile(
            r"\bdifferen(?:ces?|t from|tiate)\b|\bdiffer\b|\bcompar|\bcontrast\b|\bversus\b|\bvs\b|"
            r"\bdistinguish|better than|advantages? (?:of .{1,60} )?over|\bprefer(?:red|able)?\b|"
            r"when (?:would|to|do|should) .{1,60}\b(?:and when|or)\b",
            re.I,
        ),
    ),
    (
        "debugging",
        re.compile(r"\bdebug|\btroubleshoot|\bdiagnos|root cause|what (?:is|went) wrong", re.I),
    ),
    (
        "design",
        re.compile(
            r"^design\b|\b(?:would|do|to|could) (?:you )?(?:design|architect)\b|^architect\b|"
            r"\bdesign (?:a|an|the) \w+",
            re.I,
        ),
    ),
    ("calculation", re.compile(r"^(?:calculate|compute|estimate)\b|^how (?:many|much)\b", re.I)),
    (
        "scenario",
        re.compile(
            r"^(?:suppose|imagine|consider|assume|you (?:have|are|notice|need|join|own)|"
            r"your|if you|"
            r"a (?:team|stakeholder|customer|client|user|colleague|model|service)|"
            r"an? \w+ (?:asks|wants))\b|"
            r"what would you do|how would you (?:handle|respond|approach|react)|"
            r"what happens (?:if|when|to)",
            re.I,
        ),
    ),
)
_CODING = re.compile(
    r"^(?:write|implement|code)\b|\bwrite (?:a|an|the|some)? ?\w* ?(?:query|queries|"
    r"function|program|"
    r"code|script|class|kernel)\b",
    re.I,
)
_TPM = re.compile(r"\bTPMs?\b|\b(?:technical )?program(?:me)? manage(?:r|rs|ment)\b", re.I)


def cleaned(raw: str) -> str:
    """The question without numbering, marks, Markdown and HTML, white space collapsed."""
    text = plain(_without_pictographs(_ANCHOR.sub(" ", raw)))
    text = re.sub(r"^[*_\s]+|[*_\s]+$", "", text)
    text = _NUMBERING.sub("", text, count=1) if _NUMBERING.match(text) else text
    text = _LEVEL_TAG.sub("", text)
    text = re.sub(r"([?!])\s*[?!]+", r"\1", re.sub(r"\s+", " ", text)).strip(" *_#-–—:|")
    text = re.sub(r"\?\W{0,3}\w?\W{0,2}$", "?", text)
    if _ASKING.match(text) or _PROMPT_VERB.match(text) or _TASK_VERB.match(text):
        text = text[:1].upper() + text[1:]
    return text


def punctuated(text: str) -> str:
    """The question with a question mark or a full stop at its end."""
    if not text or text[-1] in ".?!…。？！":
        return text
    return text + ("?" if _ASKING.match(text) or _WH_THEN_VERB.match(text) else ".")


def asks(text: str) -> bool:
    """Whether a cleaned text, found where a question may stand, asks for something."""
    if _NOT_A_QUESTION.match(text) or sum(c.isalpha() for c in text) < 6:
        return False
    return bool(
        re.search(r"\w[)\]\"'”’*`]*(?:\?(?:\s|$)|？)", text)
        or _PROMPT_VERB.match(text)
        or _ASKING.match(text)
        or _WH_THEN_VERB.match(text)
    )


def asks_plainly(text: str) -> bool:
    """Stricter, for titles and lone lines: a final question mark, or a verb of the examiner.

    "Name resolution" is a title, "Name three resolvers" is not.
    """
    if _NOT_A_QUESTION.match(text) or len(text.split()) < 3:
        return False
    if text.endswith(("?", "？")) or asked_for(text) is not None:
        return True
    verb = _PROMPT_VERB.match(text)
    return verb is not None and text.split()[0].lower() not in (
        "design", "list", "name", "state", "evaluate", "identify", "debug", "analyze", "analyse",
        "highlight", "outline", "give", "derive", "prove",
    )  # fmt: skip


def is_task(text: str) -> bool:
    """Whether the text tells the candidate to make something (code, a query)."""
    return bool(_TASK_VERB.match(text) or _CODING.search(text))


def stands_alone(text: str) -> bool:
    """Whether the text can be asked as it is, without the instruction above it."""
    return bool(asks(text) or is_task(text))


def kind_of(text: str, *, answered_by_code: bool = False) -> QuestionKind:
    """The kind of a cleaned question, from its wording and whether code is its answer."""
    if _BEHAVIOURAL.search(text):
        return "behavioural"
    if _CODING.search(text) or (answered_by_code and not _ASKING.match(text)):
        return "coding"
    for kind, pattern in _KINDS:
        if pattern.search(text):
            return kind
    return "concept"


def difficulty_of(text: str, kind: QuestionKind) -> int:
    """1 to 5: a definition is 2; how, why and comparison 3; design, debugging and code 4."""
    if kind in ("design", "debugging"):
        return 4
    if kind in ("coding", "comparison", "scenario", "behavioural", "calculation"):
        return 3
    definition = re.match(r"(?:what(?: is| are|[’']s)|define)\b", text, re.I)
    beyond = re.search(r"\b(?:how|why|impact|effect|challenges?|trade-?offs?)\b", text, re.I)
    return 2 if definition and len(text) < 90 and not beyond else 3


def roles_of(question: str, document_head: str) -> tuple[str, ...]:
    """For whom the question is: AI engineers, and programme managers where it speaks of them."""
    if _TPM.search(question) or _TPM.search(document_head):
        return ("ai-engineer", "technical-program-manager")
    return ("ai-engineer",)


def _without_pictographs(text: str) -> str:
    """Emoji and their joiners become blanks; arrows, degrees and letters stay."""
    if text.isascii():
        return text
    return "".join(
        " " if ord(c) in (0x200D, 0xFE0F, 0x20E3) or (ord(c) >= 0x2300 and _pictures(c)) else c
        for c in text
    )


def _pictures(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk", "Cn", "Co")
