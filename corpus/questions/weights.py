"""How much each statement of a reference matters to its question.

Invariant: every weight is positive and finite; the same statements and question give the same
weights.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.questions.plaintext import content_words, words
from corpus.questions.statements import Statement, is_signpost

SMALLEST = 0.05
HEAVIEST = 1.6
SHORT_REPLY = 4  # words of a first sentence that may be the whole answer

_DEFINITION = re.compile(
    r"^(?:(?:In [^,]{3,60}, )?(?:an?|the|this|these|both)?\s*)(?:[^\s,.;:]+\s+){0,7}?(?:\([^)"
    r"]*\)\s+)?"
    r"(?:is|are|refers? to|means?|denotes?|represents?|encompass(?:es)?|describes?|consists? of|"
    r"comprises?|stands? for|provides?|enables?|allows?|measures?|involves?)\b",
    re.IGNORECASE,
)
_ANALOGY = re.compile(
    r"^(?:imagine|think of|picture|consider an? (?:chef|kitchen|library|house|car)|it(?:['’]s| is) "
    r"(?:like|similar to|as if|akin)|this is (?:like|similar to)|just (?:like|as)|an analogy|"
    r"to use an analogy|suppose you)\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"^(?:for (?:example|instance)|as an example|e\.g\.|example|a (?:good|classic|common|simple) "
    r"example|say,|consider (?:an?|this|these|two|"
    r"the (?:case|following|example)|[A-Z])\b|let['’]s say|in (?:one|a recent) (?:project|case)|"
    r"examples include)\b",
    re.IGNORECASE,
)
_SUMMARY = re.compile(
    r"^(?:in (?:short|summary|conclusion|essence|brief|other words)|to (?:summari[sz]e|conclude|"
    r"sum up)"
    r"|overall|ultimately|essentially|basically|put another way|put differently|all in all)\b",
    re.IGNORECASE,
)
_WRITING = (
    r"(?:[\w'’.-]+ ){0,4}?(?:articles?|papers?|docs?|documentation|blogs?|posts?|guides?|chapters?|"
    r"tutorials?|manuals?|readme|links?|websites?|specification|appendix)\b"
)
_POINTER = re.compile(
    r"^(?:see\b(?! (?:if|whether)\b)|learn more|"
    rf"(?:read|explore)\b(?: (?:more|on|about|further|also|here|this|these|our|how|why|what)\b|"
    rf" {_WRITING}|.*https?:)|refer to (?:this|these|(?:the )?(?:section|"
    rf"figure|table|page|book)s?\b|{_WRITING})|"
    r"for (?:more(?! than)|further|additional|a (?:more|deeper))\b|"
    r"(?:image|photo|figure|picture|diagram)?\s*(?:source|credit)s?:|check out|"
    r"here(?:['’]s| "
    r"is| are)\b|note: this|the following|as (?:shown|seen|discussed|mentioned)|further reading|"
    r"answer:?$|let['’]s\b|we(?:['’]ll| will) (?:look|see|discuss|cover))",
    re.IGNORECASE,
)
_BIBLIOGRAPHY = re.compile(
    r"^(?:\[\d{1,3}\] [A-Z]\.|\[[^\[\]]{2,40}(?:19|20)\d\d\w?\] [A-Z]|In (?:Proceedings|Proc\.) |"
    r"In Advances in |arXiv(?: preprint)? ?[:\d])"
)
_FILLER = re.compile(
    r"(?<!\bit )(?<!\bIt )\b(?:is|are|remains?|was) (?:\w+ly |also |often |both |a )?(?:crucial|"
    r"critical|"
    r"essential|vital|important|key|paramount|invaluable|necessary|challenging|complex|"
    r"straightforward|"
    r"(?:in)?valuable|substantial|significant)\b(?! (?:because|since|if|when|that))",
)
_PRAISE = re.compile(
    r"\b(?:unlock(?:ing|s)? the full potential|key to (?:unlocking|success|getting|finding)|"
    r"peak performance|in (?:a|much the) (?:similar|same) way|similarly\.|always (?:remember|"
    r"consult)|it depends|multi-?faceted|systematic approach|"
    r"play(?:s|ing)? a (?:crucial|vital|key|pivotal) role\b(?!.* by )|trade-?offs? (?:is|are) key|"
    r"(?<!means )(?:several|various|many|multiple|a number of) (?:\w+ )?(?:ways|steps|factors|"
    r"strategies|techniques|"
    r"considerations|benefits|advantages|challenges|approaches|methods|reasons|things|limitations)"
    r")\b",
    re.IGNORECASE,
)
_LIKENESS = re.compile(
    r"\b(?:is|are|was|works?) (?:just |much |a bit |somewhat )?like (?:an?|the|having)\b"
)
_FULL_QUESTION = re.compile(
    r"(?:(?:since )?(?:what|which|why|how|who|whom|whose|when|where)|is|are|was|were|"
    r"do|does|did|can|could|will|would|should|must|has|have)\b",
    re.IGNORECASE,
)
# Stop words that make a reply ("One bit is enough") out of the question's own words.
_TELLING = frozenset(
    """no not never neither only once twice half one two three four five six seven eight nine
    ten""".split()
)
_ANNOUNCES = re.compile(
    r"(?:there|here|we|one (?:of|way|can|could|may|might|must|should|needs?|has)) ", re.IGNORECASE
)
_BACKWARD = re.compile(r"^(?:This|These|It|They|Those|That)\b")
_PERSONAL = re.compile(r"\b(?:I|I['’](?:ve|m|d|ll)|my|we|our)\b")


def weigh(found: Sequence[tuple[Statement, str]], question: str) -> list[float]:
    """A weight for each ``(statement, readable text)``, about 1 for an ordinary one."""
    asked = content_words(question)
    first = _first_substantive([text for _, text in found])
    items = sum(1 for s, _ in found if s.kind in ("item", "row") and not s.nested)
    asking = sum(1 for s, text in found if s.kind == "item" and text.endswith("?"))
    few = len(found) <= 3
    weights = []
    for index, (s, text) in enumerate(found):
        weight = _weight(s, text, asked, index - first, items)
        if not (s.kind == "item" and _is_asked_about(text, 2 * asking >= items)):
            weight *= _discount(text)
        if s.share == 1:
            short = len(text.split()) <= SHORT_REPLY
            reply = index == 0 and (short or _telling(text, question) > 0)
            weight *= _novelty(s, text, question, few or reply or text[-1:].isalnum())
        weights.append(round(max(SMALLEST, weight), 2))
    return weights


def _first_substantive(texts: Sequence[str]) -> int:
    for index, text in enumerate(texts):
        if _discount(text) >= 0.7:
            return index
    return 0


def _is_asked_about(item: str, among_such: bool) -> bool:
    """Whether an item that ends in "?" is a thing to find out, no question to the reader."""
    return item.endswith("?") and (among_such or not _FULL_QUESTION.match(item))


def _weight(
    statement: Statement, text: str, asked: frozenset[str], after_first: int, items: int
) -> float:
    meaning = content_words(text)
    overlap = len(asked & meaning) / len(asked) if asked else 0.0
    if statement.kind in ("item", "row"):
        weight = (1.0 + 0.3 * overlap) * _list_decay(statement.order, items)
        weight *= 0.6 if statement.nested else 1.0
    else:
        weight = 1.0 + 0.4 * overlap + (0.1 if statement.opens else 0.0)
        weight += {0: 0.3, 1: 0.1}.get(after_first, 0.0)
        if _DEFINITION.match(text) and (overlap or not asked):
            weight += 0.2
        if is_signpost(text):
            weight += 0.3
    return min(weight, HEAVIEST) * statement.share


def _list_decay(order: int, items: int) -> float:
    """Later items of a long list weigh less, so that a good half of it earns a good mark."""
    return 1.0 if items <= 3 else max(0.4, 1.0 - 0.5 * order / min(items, 8))


def _novelty(statement: Statement, text: str, question: str, brief: bool) -> float:
    """Less for what says little, or little that the question does not say.

    `brief`: a label or a short reference, where few words are no sign of emptiness.
    """
    meaning, asked = content_words(text), content_words(question)
    new = len(meaning - asked) + _telling(text, question)
    if new < 2:
        told = new or statement.order >= 0 or (not meaning and text[0].isupper())
        return 0.6 if brief and told else 0.22
    return 0.6 if len(meaning) < 3 and not brief else 1.0


def _telling(text: str, question: str) -> int:
    """How many negations and numbers a sentence has that the question has not."""
    if _ANNOUNCES.match(text):
        return 0
    return len(_TELLING.intersection(words(text)).difference(words(question)))


def _discount(text: str) -> float:
    """1 for a statement of substance, less for what only introduces, illustrates or repeats."""
    if text.endswith(":") or _POINTER.match(text) or _BIBLIOGRAPHY.match(text):
        return 0.1
    if text.endswith("?"):
        return 0.2
    if _ANALOGY.match(text) or _LIKENESS.search(text):
        return 0.25
    factor = 1.0
    if _EXAMPLE.match(text):
        factor *= 0.4
    elif _SUMMARY.match(text):
        factor *= 0.45
    if _is_filler(text):
        factor *= 0.22
    if _PERSONAL.search(text):
        factor *= 0.75
    if _BACKWARD.match(text):
        factor *= 0.9
    return factor


def _is_filler(text: str) -> bool:
    if is_signpost(text) or len(text) > 200:
        return False
    return bool(_FILLER.search(text) or (len(text) < 150 and _PRAISE.search(text)))
