"""Which grader marks: decided once, by whether a language model answers.

Invariant: a grader that was asked for by name marks or nothing does; only `auto` may choose.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

from agent.grades import Grader
from agent.llm.capabilities import answering_model
from agent.llm.client import LanguageModel
from agent.llm.combined import CombinedGrader
from agent.llm.endpoint import Endpoint, find_endpoint
from agent.llm.fallback import WithFallback
from agent.llm.faults import ModelUnavailableError
from agent.llm.fits import find_fit
from agent.llm.grader import LanguageModelGrader
from agent.settings import Settings
from index.embedder import Embedder

_log = logging.getLogger(__name__)


def choose_grader(
    name: Literal["auto", "vllm", "combined"] | str,
    settings: Settings,
    embedder: Embedder,
    embedded: Grader,
    *,
    fallback: bool = False,
    probe: Callable[[Endpoint], str] = answering_model,
    find: Callable[[], LanguageModel | None] | None = None,
) -> Grader:
    """The grader of this name; `auto` is combined where the model answers a probe, else embedded.

    `find` opens the model in place of `open_model`. With `fallback` the embedded grader goes on,
    under its own name, where the model is lost. Raises `ModelUnavailableError` where a named grader
    cannot run, SettingsError for an unusable address.
    """
    try:
        model = find() if find else open_model(settings, probe)
    except ModelUnavailableError as error:
        if name != "auto":
            raise ModelUnavailableError(f"the grader {name!r} cannot run: {error}") from error
        _log.warning("%s; the embedded grader marks", error)
        return embedded
    if model is None:
        if name != "auto":
            raise ModelUnavailableError(
                f"the grader {name!r} needs a language model and none is set: start one with "
                "`greenroom serve`, set GREENROOM_LLM_URL, or take --grader embedded"
            )
        return embedded
    alone = LanguageModelGrader(model, embedder, find_fit(settings.home, model.name))
    grader: Grader = alone if name == "vllm" else CombinedGrader(alone, embedded)
    return WithFallback(grader, embedded) if fallback else grader


def open_model(
    settings: Settings, probe: Callable[[Endpoint], str] = answering_model
) -> LanguageModel | None:
    """The language model that answers, or None where none is set and none announces itself.

    Raises `ModelUnavailableError` where one is set and does not answer.
    """
    endpoint = find_endpoint(settings)
    if endpoint is None:
        return None
    model = LanguageModel(endpoint, probe(endpoint), find=lambda: find_endpoint(settings))
    if not endpoint.local:
        _log.warning("answers and sources are sent to %s, which is not this machine", endpoint.url)
    return model
