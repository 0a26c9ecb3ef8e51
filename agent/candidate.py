"""What a CV and a job description say of the questions to ask: which topics they speak of.

Found by terms alone, so that it costs no model and the same texts always give the same answer.
The texts are counted and compared; nothing in them is followed. Invariant: a leaning changes how
often a topic's turn comes, never which questions there are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.fields import Shares, fields_in, nearest, nearness, terms_in
from agent.interviewer import Candidate
from agent.pool import plain_name, role_weights
from agent.words import FUNCTION_WORDS
from corpus.schema import Question

JOB, CV = "job description", "CV"
_WEIGHT = {JOB: 1.0, CV: 0.6}  # a job says what will be asked, a CV what was done
LEAST = 0.2  # weight of a topic of which nothing is said
BY_FIELD = 1.5  # what a topic of one's very field adds
BY_NAME = 1.5  # what a topic whose names are all there adds, at most
SAID_FROM = 0.35  # nearness from which a field is a reason
MOST_TOPICS = 4  # topics a name may stand in; in more it says nothing
SHOWN = 3  # names in a reason
_NAME = re.compile(r"(?<![\w.@/-])[^\W\d_][\w+#-]*[\w+#]")
_MONTHS = frozenset(
    "january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday english berlin".split()
)
_UNITS = frozenset("GiB MiB KiB kWh TFLOP TFLOPS GFLOP PFLOP FLOPS NaN NULL".split())
_ROLES = {  # other names of roles, as people write them
    "machine learning engineer": "ml-engineer",
    "tpm": "technical-program-manager",
    "technical programme manager": "technical-program-manager",
    "sre": "site-reliability-engineer",
    "devops engineer": "site-reliability-engineer",
    "solution architect": "solutions-architect",
    "research scientist": "research-engineer",
    "artificial intelligence engineer": "ai-engineer",
    "software developer": "software-engineer",
    "back end engineer": "software-engineer",
    "back end developer": "software-engineer",
    "backend engineer": "software-engineer",
    "backend developer": "software-engineer",
    "full stack engineer": "software-engineer",
    "full stack developer": "software-engineer",
}


@dataclass(frozen=True, slots=True)
class Leaning:
    """How much more or less each topic is to be asked (1 is neutral), why, and for which role.

    A topic without a weight is neutral; `reasons` has a sentence for topics that gain.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    role: str = ""


def leaning_of(bank: Callable[[], Sequence[Question]], candidate: Candidate) -> Leaning | None:
    """What a candidate's texts say of the topics of a bank, which is read only if they say
    anything; None where there is neither a CV nor a job description, or they name nothing that any
    topic is about."""
    texts = {
        kind: text for kind, text in ((JOB, candidate.job), (CV, candidate.cv)) if text.strip()
    }
    if not texts:
        return None
    questions = bank()
    topics = _texts_of(questions)
    names = _names(topics)
    role = candidate.role or role_in(texts.values(), questions)
    person = _blended({kind: fields_in(text) for kind, text in texts.items()})
    said = {kind: set(_NAME.findall(text)) for kind, text in texts.items()}
    if not person and not any(names.keys() & words for words in said.values()):
        return Leaning(role=role) if role else None
    for_role = role_weights(questions, (role,)) if role and not candidate.role else {}
    weights: dict[str, float] = {}
    reasons: dict[str, str] = {}
    for topic, text in topics.items():
        there = {
            kind: sorted(w for w in words if topic in names.get(w, {}))
            for kind, words in said.items()
        }
        fields = fields_in(text)
        near = nearness(person, fields)
        named = sum(
            _WEIGHT[kind] * names[word][topic] for kind, found in there.items() for word in found
        )
        weight = LEAST + BY_FIELD * near + BY_NAME * named / (named + 1)
        weights[topic] = weight * for_role.get(topic, 1.0)
        if reason := (
            _by_name(there) or (_by_field(person, fields, texts) if near >= SAID_FROM else "")
        ):
            reasons[topic] = reason
    return Leaning(weights, reasons, role)


def steered(weights: Mapping[str, float], leaning: Leaning | None) -> dict[str, float]:
    """The weights of topics (1 where there is none) times what a leaning makes of them."""
    if leaning is None:
        return dict(weights)
    topics = weights.keys() | leaning.weights.keys()
    return {t: weights.get(t, 1.0) * leaning.weights.get(t, 1.0) for t in topics}


def role_in(texts: Iterable[str], questions: Sequence[Question]) -> str:
    """The first role of the bank that one of the texts names, as the bank writes it; else "".

    Where a text names several, the one that stands first in it.
    """
    known = {plain_name(role): role for q in questions for role in q.roles}
    there = set(known.values())
    known |= {name: role for name, role in _ROLES.items() if role in there}
    for text in texts:
        plain = f" {plain_name(text)} "
        places = [(plain.find(f" {name} "), -len(name), role) for name, role in known.items()]
        if found := [place for place in places if place[0] >= 0]:
            return min(found)[2]
    return ""


def _texts_of(questions: Sequence[Question]) -> dict[str, str]:
    """Everything that the questions of each topic say."""
    parts: dict[str, list[str]] = {}
    for q in questions:
        texts = (q.question, *(p.text for p in q.key_points))
        parts.setdefault(q.topic, [q.topic]).extend(texts)
    return {topic: "\n".join(texts) for topic, texts in parts.items()}


def _names(bank: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """The names of things that stand in few topics, each with its share of them by topic. A name
    has a capital within a sentence, and is never written without."""
    counts: dict[str, Counter[str]] = {}
    plain: set[str] = set()
    for topic, text in bank.items():
        for match in _NAME.finditer(text):
            word, before = match.group(), text[max(0, match.start() - 2) : match.start()]
            starts = not before.strip() or before.strip()[-1] in ".?!:"
            if word[0].islower() and word.lower() == word:
                plain.add(word)
            elif len(word) > 2 and not (starts and word[1:].islower()):
                counts.setdefault(word, Counter())[topic] += 1
    return {
        word: {topic: n / found.total() for topic, n in found.items()}
        for word, found in counts.items()
        if len(found) <= MOST_TOPICS
        and word.lower() not in plain | _MONTHS | FUNCTION_WORDS
        and word not in _UNITS
    }


def _blended(shares: Mapping[str, Shares]) -> dict[str, float]:
    """The fields of all texts together, the job counting more. Squared: what somebody does most
    is what they are; that a front-end developer calls an API makes no back-end developer."""
    blended: dict[str, float] = {}
    for kind, found in shares.items():
        for name, share in found.items():
            blended[name] = blended.get(name, 0.0) + _WEIGHT[kind] * share
    total = sum(part**2 for part in blended.values())
    return {name: part**2 / total for name, part in blended.items()}


def _by_name(there: Mapping[str, Sequence[str]]) -> str:
    for kind, names in there.items():
        if names:
            return f"Your {kind} speaks of {_listed(names[:SHOWN])}."
    return ""


def _by_field(person: Shares, about: Shares, texts: Mapping[str, str]) -> str:
    own, other = nearest(person, about)
    for kind, text in texts.items():
        found = [term for (name, term), _ in terms_in(text).most_common() if name == own]
        if found:
            near = "" if own == other else ", which is near to this topic"
            return f"Your {kind} speaks of {own} ({', '.join(found[:SHOWN])}){near}."
    return ""


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
