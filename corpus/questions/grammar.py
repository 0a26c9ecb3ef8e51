"""English for derived questions: articles, plurals, capitals, and what may stand in a question.

Invariant: every decision follows from the term and the text it comes from; nothing is looked up.
"""

from __future__ import annotations

import re
from typing import Literal

from corpus.questions.usage import usages

Article = Literal["a", "the", ""]

_COUNTABLE = frozenset(
    """unit circuit array engine network model library system core cache processor kernel block
    graph tree function layer algorithm database index framework platform compiler scheduler
    cluster server thread warp grid tensor matrix vector embedding transformer agent
    pipeline dataset node queue stack buffer register pointer class method object protocol
    interface api sdk driver device machine chip accelerator gpu tpu cpu fpga asic container
    service broker router gateway proxy tokenizer optimizer classifier encoder decoder
    autoencoder perceptron neuron filter window bottleneck metric format operator gradient
    hyperparameter parameter checkpoint workflow toolkit runtime file hypervisor firewall
    store warehouse lake mart loop deadlock mutex semaphore histogram distribution
    hypothesis test estimator regressor forest ensemble tracker registry prompt roadmap
    milestone stakeholder deliverable charter backlog sprint handle workspace stream event
    bus link switch socket bridge packet frame schema key table view trigger transaction
    tool bot assistant llm rnn cnn lstm gan vae mlp pod controller orchestrator codec epoch
    logit token attribute variable constraint benchmark baseline dashboard schema profile
    quantile cluster workload""".split()
)
_SINGULAR_S = re.compile(
    r"(?:ss|us|is|bias|analytics|physics|mathematics|logistics|devops|mlops|llmops|series)$", re.I
)
_PRONOUNS = frozenset(
    """it this that these those they there what which who one each both another some many most all
    he she we you here i its their our your his her such other others everything nothing
    anything something today now then first second next finally also however so if when
    while as in on for with by to from at since because although let""".split()
)
_GENERIC = frozenset(
    """introduction overview summary conclusion conclusions background motivation objective
    objectives goal goals definition definitions example examples notes note tips tip faq
    faqs contents basics fundamentals concepts concept core key takeaway takeaways checklist
    resources references reference appendix prerequisites setup installation install usage
    getting started quickstart license contributing acknowledgements acknowledgments
    changelog misc miscellaneous other others general details detail discussion results
    result related further reading links next steps step why how what who when where
    description purpose features feature advantages disadvantages benefits limitations pros
    cons use cases applications types components requirements topics topic theory practice
    home about contact part lesson chapter section module unit week day exercise exercises
    quiz homework project projects solution solutions answer answers question questions
    agenda outline plan schedule roadmap abstract preface foreword glossary terminology
    terms vocabulary index readme todo performance time depth""".split()
)
_LETTER_VOWELS = frozenset("AEFHILMNORSX")
_LOWERABLE = frozenset(
    """memory bandwidth optimization optimisation inference engine engines hardware acceleration
    training infrastructure distributed computing learning machine deep neural network
    networks data model models cloud platforms platform runtime runtimes monitoring compute
    edge accelerators accelerator batch size gradient descent attention layer layers pooling
    performance parallelism pipeline pipelines processing feature engineering selection
    cross validation search hybrid semantic vector database databases tokenization prompt
    fine tuning quantization pruning caching scaling logging testing deployment serving
    storage indexing strategy strategies error handling workflow workflows stack infra multi
    flow dropout precision recall accuracy overfitting underfitting regularization
    normalization convolution backpropagation loss function rate drift shift bias variance
    latency throughput and of for in the with to on or a an""".split()
)
_ORDINARY = _LOWERABLE | _COUNTABLE | {f"{noun}s" for noun in _COUNTABLE}
_PLURAL_USE = re.compile(r"[ *_)]{1,3}(?:are|were|have)\b", re.I)
_SINGLE_USE = re.compile(r"(?:['’]s\b|[ *_)]{1,3}(?:is|was|has|does)\b)", re.I)
_INDEFINITE = re.compile(r"\ban? $", re.I)
_DEFINITE = re.compile(r"\bthe $", re.I)
_GOES_ON = re.compile(r"[\w/]")
_PREPOSITION = re.compile(r"\s(?:of|for|in|to|with|from)\s")


def is_plural(term: str, text: str = "") -> bool:
    """Whether the term takes a plural verb; the text's own usage decides where it shows."""
    core = without_parentheses(term)
    if text and core:
        found = list(usages(text, core))
        plural = sum(
            1
            for before, _, after in found
            if _PLURAL_USE.match(after) and not before.lower().endswith(("and ", "or ", ", "))
        )
        single = sum(1 for _, _, after in found if _SINGLE_USE.match(after))
        if plural != single:
            return plural > single
    if " and " in core and "(" not in term:
        return True
    parts = _PREPOSITION.split(core)[0].split()
    head = parts[-1] if parts else ""
    return len(head) > 2 and head.endswith("s") and not _SINGULAR_S.search(head)


def article(term: str, text: str = "") -> Article:
    """What goes in front of a singular term: "a" (for a or an), "the" or nothing."""
    core = without_parentheses(term)
    if not core or is_plural(term, text) or re.search(r"\w['’]s\b", core):
        return ""  # plural, or a possessive name such as Little's law
    head = _head(term, core)
    if text:
        before = [b for b, _, after in usages(text, core) if not re.match(r"\w", after)]
        indefinite = sum(1 for b in before if _INDEFINITE.search(b))
        definite = sum(1 for b in before if _DEFINITE.search(b))
        every = len(before)
        if indefinite and indefinite * 4 >= every - definite:
            return "a"
        if definite > 1 and definite * 2 > every and head not in _COUNTABLE:
            return "the"
    if _looks_like_a_name(core):
        return ""
    return "a" if head in _COUNTABLE else ""


def _head(term: str, core: str) -> str:
    """The noun that decides: of the spelt-out form where an acronym has one."""
    head = _PREPOSITION.split(core)[0].split()[-1]
    inside = re.search(r"\(([^()]+)\)", term)
    if inside and len(inside.group(1).split()) > 1 and core.isupper():
        head = inside.group(1).split()[-1]
    return head.lower().rsplit("-", 1)[-1]


def with_article(term: str, text: str = "") -> str:
    """The term with its article: "a TPU", "an ASIC", "the roofline model", "quantization"."""
    which = article(term, text)
    if which == "a":
        return f"{indefinite_article(term)} {term}"
    return f"{which} {term}".strip()


def indefinite_article(term: str) -> str:
    """ "a" or "an", by the sound; acronyms are spelt out where they cannot be read as a word."""
    word = re.split(r"[\s\-/(]", term.lstrip("\"'“‘*`"), maxsplit=1)[0]
    capitals = word.rstrip("s")
    lower = word.lower()
    if len(capitals) > 1 and capitals.isupper():
        readable = re.fullmatch(r"[^AEIOU\W\d][AEIOU][A-Z]+", capitals) is not None
        readable = readable and not re.search(r"[^AEIOU]{3}", capitals)
        vowel = capitals[0] in ("AEIO" if readable else _LETTER_VOWELS)
    elif re.match(r"(?:hour|honest|heir|honou?r)", lower):
        vowel = True
    elif re.match(r"(?:uni(?!n|m)|unary|us[eu]|eu|one|once|ut[ei]|u$|url)", lower):
        vowel = False
    else:
        vowel = lower[:1] in tuple("aeiou")
    return "an" if vowel else "a"


def what_is(term: str, text: str = "") -> str:
    """The question after a term: "What is a warp?", "What are tensor cores?"."""
    if is_plural(term, text):
        return f"What are {term}?"
    return f"What is {with_article(term, text)}?"


def spoken(term: str, text: str) -> str:
    """A title-cased term as it reads inside a sentence, if it is made of ordinary words.

    A word counts as ordinary where the text also writes it in lower case.
    """
    term = term.strip().strip(":").strip()
    core = re.sub(r"\([^()]*\)", " ", term)
    parts = re.findall(r"[A-Za-z][A-Za-z'’]*", core)
    capital = [p for p in parts if p[0].isupper() and p[1:] == p[1:].lower()]
    for word in capital:
        lower = word.lower()
        if lower not in _ORDINARY and not any(
            written == lower and before[-1:] not in tuple("*/.-_") and not _GOES_ON.match(after)
            for before, written, after in usages(text, lower)
        ):
            return term
    for word in capital:
        if len(word) > 1:
            term = re.sub(rf"(?<![\w(]){re.escape(word)}(?!\w)", word.lower(), term)
    return term


def can_be_asked(term: str) -> bool:
    """Whether "What is <term>?" is a question an interviewer would ask."""
    core = without_parentheses(term)
    tokens = core.split()
    if not 1 <= len(tokens) <= 6 or not 2 <= len(core) <= 60 or not core[0].isalnum():
        return False
    if re.search(r"[?!:;,=<>{}\[\]|@#$%\\“”\"]|https?:|\.\s|\.$", core):
        return False
    lowered = [t.lower().strip("'’.") for t in tokens]
    if lowered[0] in _PRONOUNS or lowered[0] in ("a", "an", "the"):
        return False
    if all(t in _GENERIC or t in ("and", "of", "the", "&") for t in lowered):
        return False
    if not re.search(r"[A-Za-z]", core):
        return False
    finite = r"\b(?:is|are|was|were|can|will|should|your|you|my|our|we|i|not)\b"
    return not re.search(finite, core.lower())


def is_technical(term: str) -> bool:
    """Two or more words, or a word with inner capitals or digits: no mere label like "Speed"."""
    if re.match(r"\w+ing\b", term) or re.search(r"\b(?:of|for|with|your|the|and|to|in)\b", term):
        return False
    return len(term.split()) in (2, 3) or bool(re.search(r"[a-zA-Z][A-Z]|\d", term))


def joined(terms: list[str], word: str = "and") -> str:
    """Several terms as a phrase: "a, b and c"."""
    if len(terms) < 2:
        return "".join(terms)
    return f"{', '.join(terms[:-1])} {word} {terms[-1]}"


def without_parentheses(term: str) -> str:
    """The term without what stands in parentheses."""
    return re.sub(r"\s+", " ", re.sub(r"\([^()]*\)", " ", term)).strip()


def _looks_like_a_name(core: str) -> bool:
    """A single word with inner capitals: PyTorch, TensorRT, cuDNN."""
    mixed = any(c.isupper() for c in core[1:]) and not core.isupper()
    return mixed and len(core.split()) == 1
