"""What ``greenroom doctor`` finds about a local language model: the one that is configured or runs,
what the machine could run, and how to get it.

Invariant: none of it is a problem unless somebody asked for a model: the embedded grader marks
without one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ui.doctor import Finding

if TYPE_CHECKING:
    from agent.serving.engine import Engine
    from agent.serving.machine import Machine
    from agent.settings import Settings

BUILD = "make serve, in the checkout"
FIT = "python -m evals.fit_model"


def examine_serving(settings: Settings) -> Iterator[Finding]:
    """Machine, vLLM, the model that would fit, and the server that marks."""
    from agent.serving.machine import look

    machine = look()
    yield _memory(machine)
    engine, finding = _engine(settings)
    yield finding
    yield _fitting(machine, engine)
    yield _server(settings)


def _memory(machine: Machine) -> Finding:
    cores = f"{machine.cores} CPU core{'s' if machine.cores != 1 else ''}"
    native = "bfloat16" if machine.bfloat16 else "no bfloat16"
    detail = f"{machine.free_gib:.1f} GiB free, {cores} ({native})"
    for gpu in machine.gpus:
        detail += f"; {gpu.name}: {gpu.free_gib:.0f} of {gpu.total_gib:.0f} GiB free"
    return Finding("memory", "ok", detail)


def _engine(settings: Settings) -> tuple[Engine | None, Finding]:
    from agent.serving.engine import EngineMissingError, find_engine

    try:
        engine = find_engine(settings)
    except EngineMissingError as error:
        if settings.vllm_python:  # somebody asked for it
            fix = f"unset GREENROOM_VLLM_PYTHON, then {BUILD}"
            return None, Finding("vllm", "problem", str(error), fix)
        detail = "not installed; only a local language model needs it"
        return None, Finding("vllm", "note", detail, BUILD)
    build = "GPU" if engine.on_gpu else "CPU"
    return engine, Finding("vllm", "ok", f"{engine.version} ({build} build), {engine.python}")


def _fitting(machine: Machine, engine: Engine | None) -> Finding:
    """Which model this machine could serve: on its GPU where the build that is there can use it."""
    from agent.serving.choice import choose
    from agent.serving.faults import ServingError

    on_gpu = engine.on_gpu if engine else machine.gpu is not None
    unused = "; the GPU is not used by this build" if engine and machine.gpu and not on_gpu else ""
    try:
        choice = choose(machine, on_gpu=on_gpu)
    except ServingError as error:
        return Finding("local model", "note", str(error))
    where = "" if on_gpu and machine.gpu else " A small model can mark answers on this CPU."
    detail = f"{choice.source} would serve: {choice.why}{unused}.{where}"
    needs = [] if engine else ["vLLM (1 to 2 GB on a CPU, about 5 GB for a GPU)"]
    if choice.download_gb:
        needs.append(f"the model (about {choice.download_gb:g} GB)")
    get = f"; downloads {' and '.join(needs)} after asking" if needs else ""
    start = "greenroom serve" if engine else BUILD
    return Finding("local model", "note", detail, f"{start}{get}")


def _server(settings: Settings) -> Finding:
    """The server that would mark: the configured one, else one that `greenroom serve` runs."""
    from agent.llm.capabilities import answering_model
    from agent.llm.endpoint import find_endpoint
    from agent.llm.faults import ModelUnavailableError
    from agent.settings import SettingsError

    embedded = "the embedded grader marks, on the CPU"
    fix = "check GREENROOM_LLM_URL, GREENROOM_LLM_MODEL and GREENROOM_LLM_API_KEY, or unset them"
    try:
        endpoint = find_endpoint(settings)
    except SettingsError as error:
        return Finding("language model", "problem", str(error), fix)
    if endpoint is None:
        return Finding("language model", "note", f"none runs: {embedded}")
    place = endpoint.uds or endpoint.url
    try:
        model = answering_model(endpoint)
        return _answers(settings, model, f"{model} at {place} answers")
    except ModelUnavailableError as error:
        if not settings.llm_url:
            fix = f"see {settings.home / 'serve.log'}; stop `greenroom serve` and start it again"
        detail = f"{place}: {error}; meanwhile {embedded}"
        return Finding("language model", "problem", detail, fix)


def _answers(settings: Settings, model: str, answers: str) -> Finding:
    """A server that marks, and what its model's probabilities are worth."""
    from agent.llm.fits import FILE, FitsError, read_fit

    fix = f"{FIT}, in the checkout"
    try:
        fit = read_fit(settings.home, model)
    except FitsError as error:
        path = settings.home / FILE
        return Finding("language model", "problem", f"{answers}; {error}", f"delete {path}; {fix}")
    if fit is None:
        detail = f"{answers}; its probabilities are not calibrated for this model"
        return Finding("language model", "note", detail, fix)
    if not fit.current:
        detail = f"{answers}; its calibration was fitted with other prompts and is not used"
        return Finding("language model", "note", detail, fix)
    detail = f"{answers}; calibrated on {fit.answers} marked answers, "
    detail += f"{fit.verdicts_right:.0%} of its verdicts right on questions held out"
    return Finding("language model", "ok", detail)
