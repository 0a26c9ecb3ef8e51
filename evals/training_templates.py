"""Made sentences about who does what to whom, how much of it, and in which order.

Free text seldom says one thing and its exact opposite, so a judge can learn to look past the order
of words. Here every point has passages that say the same in another form, the opposite with the
same words, or the same of something else. Invariant: the label follows from the form alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from agent.grades import Verdict
from agent.judge import Pair
from evals.training_data import Example, verdict_target

THINGS = """the L2 cache|shared memory|the register file|HBM|system memory|an SSD|a spinning disk|
the CPU|the GPU|a tensor core|the scheduler|the load balancer|the gateway|the database|the replica|
the primary|a hash table|a balanced tree|a linked list|an array|quicksort|merge sort|TCP|UDP|gRPC|
REST|Kafka|a message queue|a batch job|a stream|the encoder|the decoder|the optimiser|Adam|
plain gradient descent|a large batch|a small batch|FP16|BF16|FP32|INT8|the teacher|the student|
the retriever|the reranker|dense search|BM25|the tokenizer|the prompt|the draft model|
the target model|pruning|quantisation|distillation|tensor parallelism|pipeline parallelism|
data parallelism|NVLink|PCIe|Ethernet|InfiniBand|a container|a virtual machine|a pod|a node|
the sponsor|the programme manager|the product owner|the vendor|the risk register|the road map|
the design review|the test plan|the pilot|the launch|the canary|the roll-back|unit testing|
load testing|the random forest|a single tree|boosting|ridge regression|the lasso|
logistic regression|k-means|the validation set|the training set|precision|recall"""
NAMES = tuple(" ".join(name.split()) for name in THINGS.split("|"))
DEGREES = (
    ("faster", "slower", "fast"),
    ("larger", "smaller", "large"),
    ("cheaper", "more expensive", "cheap"),
    ("simpler", "more complicated", "simple"),
    ("safer", "riskier", "safe"),
    ("more accurate", "less accurate", "accurate"),
    ("more stable", "less stable", "stable"),
    ("easier to test", "harder to test", "easy to test"),
    ("older", "newer", "old"),
    ("more flexible", "more rigid", "flexible"),
)
AMOUNTS = ("memory", "bandwidth", "time", "power", "data", "tuning", "money", "care", "space")
# What one does to the other: said of the first, said of the second, and again of the first.
RELATIONS = (
    ("{a} calls {b}", "{b} is called by {a}", "it is {a} that calls {b}"),
    ("{a} depends on {b}", "{b} is what {a} depends on", "{a} cannot do without {b}"),
    ("{a} replaces {b}", "{b} gives way to {a}", "{b} is replaced by {a}"),
    ("{a} feeds {b}", "{b} gets its input from {a}", "{b} is fed by {a}"),
    ("{a} contains {b}", "{b} is a part of {a}", "{b} sits inside {a}"),
    ("{a} comes before {b}", "{b} follows {a}", "first comes {a}, then {b}"),
    ("{a} limits {b}", "{b} is held back by {a}", "the bottleneck for {b} is {a}"),
    ("{a} leads to {b}", "{b} is the result of {a}", "{b} happens because of {a}"),
    ("{a} checks {b}", "{b} is checked by {a}", "the one who checks {b} is {a}"),
    ("{a} is built on {b}", "{b} is the basis of {a}", "{b} lies underneath {a}"),
    ("{a} owns {b}", "{b} belongs to {a}", "{b} is owned by {a}"),
)
TRENDS = (
    ("When {a} grows, {b} {v}", "{b} {v} as {a} gets larger", "With more of {a}, {b} {v}"),
    ("A larger value for {a} means that {b} {v}", "Raise {a} and {b} {v}", "{b} {v} with {a}"),
)
UP, DOWN = ("rises", "goes up", "increases"), ("falls", "goes down", "decreases", "shrinks")
UNITS = ("ms", "GB", "tokens", "requests a second", "percent", "weeks", "days", "watts", "bits")
MEASURED = (
    "{a} takes about {n} {u}",
    "For {a} it is roughly {n} {u}",
    "{n} {u} is what {a} comes to",
    "You can expect {n} {u} from {a}",
)
_Forms = Callable[[str, str], list[str]]
OPENINGS = ("", "", "", "As far as I know, ", "In my experience ", "I would say that ", "Well, ")


def template_examples(count: int, seed: int) -> Iterator[Example]:
    """`count` pairs, drawn evenly from all kinds of template."""
    chance = random.Random(seed)
    makers = (_degree, _amount, _relation, _relation, _trend, _figure)
    for _ in range(count):
        point, passage, verdict = chance.choice(makers)(chance)
        opening = chance.choice(OPENINGS)
        said = opening + (
            passage[:1].lower() + passage[1:] if opening and _plain(passage) else passage
        )
        pair = Pair(_sentence(point), _sentence(said))
        yield Example(pair, verdict_target(verdict), "templates")


def _degree(chance: random.Random) -> tuple[str, str, Verdict]:
    a, b, c = chance.sample(NAMES, 3)
    degree = chance.choice(DEGREES)
    return _of_forms(lambda x, y: _degree_forms(x, y, degree), a, b, c, chance)


def _degree_forms(a: str, b: str, degree: tuple[str, str, str]) -> list[str]:
    """Ways to say that `a` has more of it than `b`."""
    more, less, base = degree
    return [
        f"{a} is {more} than {b}",
        f"{b} is {less} than {a}",
        f"compared with {b}, {a} is {more}",
        f"{b} is not as {base} as {a}",
        f"of {a} and {b}, the {more} one is {a}",
        f"{a} is {more}, while {b} is {less}",
    ]


def _amount(chance: random.Random) -> tuple[str, str, Verdict]:
    a, b, c = chance.sample(NAMES, 3)
    what = chance.choice(AMOUNTS)

    def forms(x: str, y: str) -> list[str]:
        return [
            f"{x} needs more {what} than {y}",
            f"{y} needs less {what} than {x}",
            f"{y} gets by with less {what} than {x} does",
            f"the {what} that {x} takes is more than what {y} takes",
            f"compared with {x}, {y} needs little {what}",
        ]

    return _of_forms(forms, a, b, c, chance)


def _relation(chance: random.Random) -> tuple[str, str, Verdict]:
    a, b, c = chance.sample(NAMES, 3)
    relation = chance.choice(RELATIONS)

    def forms(x: str, y: str) -> list[str]:
        return [form.format(a=x, b=y) for form in relation]

    return _of_forms(forms, a, b, c, chance)


def _of_forms(
    forms: _Forms, a: str, b: str, c: str, chance: random.Random
) -> tuple[str, str, Verdict]:
    point, verdict = chance.choice(forms(a, b)), _verdict(chance)
    if verdict == "covered":
        said = [form for form in forms(a, b) if form != point]
    elif verdict == "contradicted":
        said = forms(b, a)
    else:
        said = forms(*chance.choice(((a, c), (c, b))))
    return point, chance.choice(said), verdict


def _trend(chance: random.Random) -> tuple[str, str, Verdict]:
    a, b, c = chance.sample(NAMES, 3)
    words = [UP, DOWN]
    chance.shuffle(words)
    same, other = words
    verdict = _verdict(chance)
    point = _trended(a, b, same, chance)
    if verdict == "covered":
        passage = _trended(a, b, same, chance)
    elif verdict == "contradicted":
        passage = _trended(a, b, other, chance)
    else:
        passage = _trended(*chance.choice(((a, c), (c, b))), same, chance)
    return point, passage, verdict


def _trended(a: str, b: str, verbs: Sequence[str], chance: random.Random) -> str:
    form = chance.choice(chance.choice(TRENDS))
    return form.format(a=a, b=b, v=chance.choice(verbs))


def _figure(chance: random.Random) -> tuple[str, str, Verdict]:
    a, other_thing = chance.sample(NAMES, 2)
    unit = chance.choice(UNITS)
    number = chance.choice((2, 3, 4, 5, 8, 12, 16, 24, 30, 40, 64, 80, 90, 128, 200, 512, 900))
    verdict = _verdict(chance)
    told, counted, measure = a, number, unit
    if verdict == "contradicted":
        if chance.random() < 0.7:
            counted = chance.choice((number * 10, number + 7, number * 2, number * 5 + 1))
        else:
            measure = chance.choice([u for u in UNITS if u != unit])
    elif verdict == "missing":
        told = other_thing
    point = chance.choice(MEASURED).format(a=a, n=number, u=unit)
    return point, chance.choice(MEASURED).format(a=told, n=counted, u=measure), verdict


def _verdict(chance: random.Random) -> Verdict:
    verdicts: tuple[Verdict, ...] = (
        "covered",
        "contradicted",
        "covered",
        "contradicted",
        "missing",
    )
    return chance.choice(verdicts)


def _plain(text: str) -> bool:
    """Whether it opens with a word that is written small within a sentence."""
    return not text[:2].isupper() and not text.startswith(NAMES)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
