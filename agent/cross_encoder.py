"""Any sentence-transformers cross-encoder with entailment labels as a `Judge`.

Which output means what is read from the model's own config, never assumed: common models disagree
on the order. Invariant: each text is read alone, on one thread, whole (what exceeds the model's
window is read in overlapping windows), so the same pair gives the same bytes.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from agent.grades import Verdict
from agent.judge import VERDICTS, Pair, Probabilities
from corpus.schema import GreenroomError
from index.threads import one_for_torch

Doubles = npt.NDArray[np.float64]

SETTING = "GREENROOM_ENTAILMENT_MODEL"
LONGEST = 512  # word pieces read at once, also where a model claims that it can read more
CONTRADICTED_FROM = 0.5  # probability at which one window's contradiction decides
_OVERLAP = 4  # neighbouring windows share a quarter
_MARGIN = 8  # word pieces kept free: a text cut out of its place can take a few more
_NOTHING = np.array([float(v == "missing") for v in VERDICTS])
_UNNAMED = re.compile(r"label\d+")
_MEANINGS: dict[str, Verdict] = {
    **dict.fromkeys(("entailment", "entail", "entails", "entailed"), "covered"),
    **dict.fromkeys(
        ("contradiction", "contradict", "contradicts", "contradicted", "contradictory"),
        "contradicted",
    ),
    **dict.fromkeys(("neutral", "notentailment", "nonentailment", "notentailed"), "missing"),
}


class EntailmentModelError(GreenroomError):
    """The entailment model cannot be used; the message says why and what to set instead."""

    exit_code = 4


class CrossEncoderJudge:
    """Judges with a cross-encoder, named or in a folder; loaded on first use. Thread-safe.

    The passage is the premise and the point the hypothesis; the question is left out, because as
    a part of the premise its words would count as said.
    """

    def __init__(self, model: str, device: str = "cpu") -> None:
        self._source = model
        self._device = device
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Doubles] | None = None

    @property
    def name(self) -> str:
        return self._source

    def warm(self) -> None:
        """Load the model. Raises EntailmentModelError where it cannot serve."""
        with self._lock:
            self._load()

    def judge(self, pairs: Sequence[Pair]) -> Probabilities:
        with self._lock:  # a tokeniser's settings are not safe to share between threads
            rows = [self._judge(_readable(p.point), _readable(p.passage)) for p in pairs]
        return np.asarray(rows, dtype=np.float32).reshape(len(pairs), len(VERDICTS))

    def _load(self) -> tuple[Any, Doubles]:
        if self._loaded is None:
            model = _load_model(self._source, self._device)
            self._loaded = model, verdict_map(self._source, model.config.id2label)
        return self._loaded

    def _judge(self, point: str, passage: str) -> Doubles:
        model, meaning = self._load()
        room = min(LONGEST, model.max_seq_length or LONGEST)
        room -= int(model.tokenizer.num_special_tokens_to_add(pair=True)) + _MARGIN
        parts = [
            later_wins(
                [
                    _split_uncertain(_softmax(_logits(model, window, part)) @ meaning)
                    for window in _windows(model.tokenizer, passage, room - length)
                ]
            )
            for part, length in _sized(model.tokenizer, point, room // 2)
        ]
        return all_needed(parts)


def verdict_map(model: str, labels: Mapping[int, str]) -> Doubles:
    """Which verdict each of a model's labels stands for, as a matrix [labels, VERDICTS].

    Without a label for contradiction nothing is ever contradicted. Raises EntailmentModelError
    where the labels are not those of entailment.
    """
    names = [str(labels[i]) for i in sorted(labels)]
    if len(names) == 1:
        raise EntailmentModelError(
            f"the model {model!r} gives one score without labels, as models that rank do; "
            f"set {SETTING} to one trained for natural language inference"
        )
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in names]
    if all(_UNNAMED.fullmatch(name) for name in plain):
        raise EntailmentModelError(
            f"the model {model!r} does not say what its labels {', '.join(names)} mean; "
            "name them entailment, neutral and contradiction under id2label in its config.json"
        )
    found = [_MEANINGS.get(name) for name in plain]
    missing = {"covered", "missing"} - set(found)
    if None in found or missing or len(set(found)) != len(found):
        raise EntailmentModelError(
            f"the labels {', '.join(names)} of the model {model!r} are not entailment, neutral "
            f"(or not_entailment) and contradiction; set {SETTING} to a model that has these"
        )
    return np.array([[float(v == verdict) for v in VERDICTS] for verdict in found])


def later_wins(windows: Sequence[Doubles]) -> Doubles:
    """One judgement [4] from those of a passage's windows, in order.

    The window that covers the point best counts, but a later one that contradicts it wins, as
    does any that contradicts what no window covers. Without windows the point is missing.
    """
    if not windows:
        return _NOTHING
    covered, _, _, against = np.stack(windows).T
    best = int(covered.argmax())
    decisive = [
        i
        for i in np.flatnonzero(against >= CONTRADICTED_FROM)
        if i > best or covered[best] < CONTRADICTED_FROM
    ]
    return windows[int(decisive[-1])] if decisive else windows[best]


def all_needed(parts: Sequence[Doubles]) -> Doubles:
    """One judgement [4] for a point too long to be read at once: a part that is contradicted
    decides, else the part that is covered least."""
    if not parts:
        return _NOTHING
    covered, _, _, against = np.stack(parts).T
    if against.max() >= CONTRADICTED_FROM:
        return parts[int(against.argmax())]
    return parts[int(covered.argmin())]


def _split_uncertain(row: Doubles) -> Doubles:
    """Entailment labels have no "partial". Where entailment and neutral compete, the smaller of
    the two becomes partial, half of it from either side: the expected mark stays the same, and
    what is undecided reads as half said."""
    covered, _, missing, against = row
    shared = min(float(covered), float(missing))
    return np.array([covered - shared / 2, shared, missing - shared / 2, against])


def _softmax(logits: Doubles) -> Doubles:
    powers = np.exp(logits - logits.max())
    total: Doubles = powers / powers.sum()
    return total


def _logits(model: Any, premise: str, hypothesis: str) -> Doubles:
    import torch

    one_for_torch()
    # The model's own activation may be a softmax or none at all; identity gives plain logits.
    found = model.predict(
        [(premise, hypothesis)], activation_fn=torch.nn.Identity(), show_progress_bar=False
    )
    logits: Doubles = np.asarray(found[0], dtype=np.float64)
    return logits


def _sized(tokenizer: Any, text: str, most: int) -> list[tuple[str, int]]:
    """The text in windows of at most `most` word pieces, each with its length in these."""
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)[
        "offset_mapping"
    ]
    if len(offsets) <= most:
        return [(text, len(offsets))] if len(offsets) else []
    starts = [*range(0, len(offsets) - most, most - most // _OVERLAP), len(offsets) - most]
    return [(text[offsets[s][0] : offsets[s + most - 1][1]], most) for s in starts]


def _windows(tokenizer: Any, text: str, most: int) -> list[str]:
    return [piece for piece, _ in _sized(tokenizer, text, most)]


def _readable(text: str) -> str:
    """Half a surrogate pair, which JSON can hold, is no text to a tokeniser."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _load_model(source: str, device: str) -> Any:
    from huggingface_hub.utils import logging as hub_logging
    from safetensors import SafetensorError
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # Its retries are of no interest, only how they end.
    hub_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        model = _open(source, device)
    except (OSError, ValueError, RuntimeError, ImportError, LookupError, SafetensorError) as error:
        raise EntailmentModelError(
            f"entailment model {source!r} cannot be loaded ({error}); "
            f"check {SETTING}, or unset it to use the bundled one"
        ) from error
    if not getattr(model.tokenizer, "is_fast", False):
        raise EntailmentModelError(
            f"the tokeniser of {source!r} does not say where its word pieces stand in the text; "
            f"set {SETTING} to a model with a tokenizer.json"
        )
    return model


def _open(source: str, device: str) -> Any:
    from sentence_transformers import CrossEncoder

    if Path(source).is_dir():
        return CrossEncoder(source, device=device, local_files_only=True)
    try:  # what was downloaded before needs no network
        return CrossEncoder(source, device=device, local_files_only=True)
    except OSError:
        return CrossEncoder(source, device=device)
