"""Cases that the weights of `agent.verification` are fitted to: claims of facts, and a page.

One case: "Stargell grew up in Florida, and his parents divorced", ten sentences among which one
says the first and none the second: partially supported. What stands beside is of the same matter,
because a page that is cited is. Invariant: facts and pages of one case come from one of FOLDS
parts, and no question and no beginning of a page is in two of them (a few sentences are, which two
pages share).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.verification import SupportLabel
from agent.words import content_words
from evals.verification_facts import FOLDS, Fact

# Of each kind of fact: cases of one fact alone, of one on a page, and of several on a page.
COUNTS = {
    "fm2": (200, 80, 260),
    "statements": (160, 60, 100),
    "answers": (60, 40, 140),
    "library": (60, 40, 100),
    "summaries": (0, 0, 120),
}
SALAD = 60  # claims whose words are shuffled: what shares words alone says nothing
DENIED = 120  # claims of one fact with a "not": they share all words with what refutes them
DENIED_COUNT = 4  # times each: with fewer, more denied claims passed than the judge alone lets pass
SEVERAL = ((2, 3, 4, 5), (35, 35, 20, 10))  # facts of a claim, and how often
WANTED: tuple[tuple[SupportLabel, ...], tuple[int, ...]] = (
    ("supported", "partially_supported", "not_supported", "refuted"),
    (35, 38, 19, 8),
)
JOINERS = ((". ", ", and ", "; ", ", while ", " and "), (35, 30, 10, 10, 15))
MOST_BESIDE = 40  # sentences
_AUXILIARY = re.compile(r"\b(is|are|was|were|can|will|has|have|had|should|does|do|did)\b")
_DENIAL = re.compile(r"\b(?:not|no|never|none|cannot|nothing|neither|without)\b|n['’]t\b", re.I)
_NEAR = 15  # facts that may stand beside one in a claim
_DOUBTFUL = 0.6  # share of a fact's words from which a sentence beside might say it after all


@dataclass(frozen=True, slots=True)
class Case:
    """A claim of `facts` statements with its evidence and its label; where it `repeats` one of
    them, it is of no use."""

    kind: str
    claim: str
    evidence: tuple[str, ...]
    label: SupportLabel
    fold: int
    facts: int
    repeats: bool = False


def make_cases(facts: Sequence[Fact], seed: int) -> list[Case]:
    """At most COUNTS cases; the seed alone decides which."""
    rng = random.Random(seed)
    shelves: dict[tuple[str, int], list[Fact]] = defaultdict(list)
    for fact in facts:
        shelves[fact.kind, fact.fold].append(fact)
    cases: list[Case] = []
    for kind, counts in COUNTS.items():
        for fold in range(FOLDS):
            composer = Composer(shelves[kind, fold], rng)
            alone, paged, several = (count // FOLDS for count in counts)
            cases += [composer.single(beside=False) for _ in range(alone)]
            cases += [composer.single(beside=True) for _ in range(paged)]
            cases += [composer.several() for _ in range(several)]
    told = [case for case in cases if case.label == "supported" and len(case.claim.split()) > 7]
    one = [denied for case in told if case.facts == 1 and (denied := _denied(case))]
    cases += [_shuffled(case, rng) for case in rng.sample(told, SALAD)]
    cases += DENIED_COUNT * rng.sample(one, min(DENIED, len(one)))
    return [case for case in cases if not case.repeats]


class Composer:
    """Makes cases of the facts of one kind and one fold."""

    def __init__(self, facts: Sequence[Fact], rng: random.Random) -> None:
        self._facts = facts
        self._rng = rng
        self._by_label: dict[SupportLabel, list[Fact]] = defaultdict(list)
        self._by_place: dict[str, list[Fact]] = defaultdict(list)
        self._stems = {fact.text: frozenset(content_words(fact.text)) for fact in facts}
        self._texts = {
            f.premise: (f.place, frozenset(content_words(" ".join(f.premise)))) for f in facts
        }
        for fact in facts:
            self._by_label[fact.label].append(fact)
            self._by_place[fact.place].append(fact)

    def single(self, *, beside: bool) -> Case:
        """One fact, labels in equal shares."""
        label = self._rng.choice(sorted(self._by_label))
        fact = self._rng.choice(self._by_label[label])
        return self._case([fact], [fact], beside=beside)

    def several(self) -> Case:
        """Several facts on a page: of one place where it has several, else of one matter."""
        wanted = self._rng.choices(*WANTED)[0]
        first = self._rng.choice(self._by_label.get(wanted) or self._by_label["supported"])
        count = self._rng.choices(*SEVERAL)[0]
        near = self._company(first)
        if wanted == "supported":
            near = [fact for fact in near if fact.label == "supported"]
        facts = [first, *near[: count - 1]]
        present = facts
        if first.kind != "answers" and wanted in ("partially_supported", "not_supported"):
            least = int(wanted == "partially_supported")
            told = self._rng.randint(least, max(least, len(facts) - 1)) if least else 0
            kept = [fact for fact in facts if fact.label != "refuted"]
            present = self._rng.sample(kept, min(told, len(kept)))
        self._rng.shuffle(facts)
        return self._case(facts, present, beside=True)

    def _company(self, first: Fact) -> list[Fact]:
        """Other facts that may stand in a claim with it, in a random order."""
        own = [f for f in self._by_place[first.place] if f.text != first.text]
        if first.kind == "answers":
            own = [f for f in own if f.premise == first.premise]
            return self._rng.sample(own, len(own))
        if first.kind == "summaries":
            # A summary was reworded several times over: each of its sentences once.
            by_premise = {f.premise: f for f in self._rng.sample(own, len(own))}
            by_premise.pop(first.premise, None)
            return list(by_premise.values())
        others = [f for f in self._facts if f.place != first.place and f.text != first.text]
        stems = self._stems[first.text]
        others.sort(key=lambda f: -len(stems & self._stems[f.text]))
        near = others[:_NEAR]
        return self._rng.sample(near, len(near))

    def _case(self, facts: Sequence[Fact], present: Sequence[Fact], *, beside: bool) -> Case:
        claim = facts[0].text
        for fact in facts[1:]:
            joiner = self._rng.choices(*JOINERS)[0]
            claim = f"{claim.rstrip(' .')}{joiner}{fact.text}"
        runs = list(dict.fromkeys(fact.premise for fact in present))
        if beside or not runs:
            runs += self._beside(facts, present, self._rng.randint(4, MOST_BESIDE))
        self._rng.shuffle(runs)
        evidence = tuple(sentence for run in runs for sentence in run)
        label = label_of_facts([f.label if f in present else "not_supported" for f in facts])
        repeats = len({fact.text for fact in facts}) < len(facts)
        return Case(facts[0].kind, claim, evidence, label, facts[0].fold, len(facts), repeats)

    def _beside(
        self, facts: Sequence[Fact], present: Sequence[Fact], most: int
    ) -> Iterator[tuple[str, ...]]:
        """What else the page says: half of it near to the claim in words, half at random, and
        nothing that might say what is to be absent."""
        places = {fact.place for fact in facts}
        told = {fact.premise for fact in present}
        stems = frozenset[str]().union(*(self._stems[f.text] for f in facts))
        free = [
            (run, words)
            for run, (place, words) in self._texts.items()
            if run not in told
            and (place not in places or facts[0].kind in ("library", "summaries"))
            and not any(_share(self._stems[f.text], words) >= _DOUBTFUL for f in facts)
        ]
        self._rng.shuffle(free)
        free.sort(key=lambda pair: -len(stems & pair[1]))
        half = max(1, most // 4)
        for run, _ in [*free[:half], *self._rng.sample(free[half:], len(free[half:]))]:
            if most <= 0:
                return
            yield run[:most]
            most -= len(run)


def label_of_facts(labels: Sequence[SupportLabel]) -> SupportLabel:
    """The label of a claim by those of its facts: an error anywhere refutes it."""
    if "refuted" in labels:
        return "refuted"
    if all(label == "supported" for label in labels):
        return "supported"
    if all(label == "not_supported" for label in labels):
        return "not_supported"
    return "partially_supported"


def _shuffled(case: Case, rng: random.Random) -> Case:
    words = case.claim.rstrip(" .").split()
    rng.shuffle(words)
    return Case("salad", " ".join(words), case.evidence, "not_supported", case.fold, case.facts)


def _denied(case: Case) -> Case | None:
    """The claim with a "not" after its first auxiliary verb; None where it has none, or denies
    something already."""
    claim, found = _AUXILIARY.subn(r"\1 not", case.claim, count=1)
    if not found or _DENIAL.search(case.claim):
        return None
    return Case("denied", claim, case.evidence, "refuted", case.fold, 1)


def _share(wanted: frozenset[str], there: frozenset[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 0.0
