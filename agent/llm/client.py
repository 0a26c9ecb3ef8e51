"""A language model at an endpoint: verdict probabilities, words as they come, JSON of a schema.

Invariant: a reply is used whole or not at all. What is cut, empty, late or of another shape raises
one of `agent.llm.faults`.
"""

from __future__ import annotations

import functools
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from agent.llm import chat
from agent.llm.capabilities import Capabilities, ask_capabilities
from agent.llm.endpoint import Endpoint
from agent.llm.exchange import exchange
from agent.llm.faults import (
    InvalidOutputError,
    ModelUnavailableError,
    PassingError,
    translated,
)
from agent.llm.labels import Probabilities, read_decision, read_logprobs
from agent.llm.patience import Limits, Patience
from agent.llm.prompts import corrected
from agent.llm.replies import check_whole, first_logprobs, tokens_read, without_blanks
from agent.llm.watch import watched, within

if TYPE_CHECKING:
    import httpx
    from langchain_core.messages import AIMessageChunk
    from langchain_openai import ChatOpenAI

Messages = Sequence[tuple[str, str]]
M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class LanguageModel:
    """One model of one server. Thread-safe; connects on first use."""

    def __init__(self, endpoint: Endpoint, name: str, patience: Patience | None = None) -> None:
        self.endpoint = endpoint
        self.name = name
        self._patience = patience or Patience()
        self._lock = threading.Lock()
        self._capabilities: Capabilities | None = None
        self._pool: httpx.Client | None = None
        self._talking: ChatOpenAI | None = None

    @property
    def capabilities(self) -> Capabilities:
        """What the server can do, asked once. Raises `ModelUnavailableError`,
        `InvalidOutputError`."""
        with self._lock:
            if self._capabilities is None:
                ask = functools.partial(
                    ask_capabilities, self.endpoint, self.name, self._patience.limits.first
                )
                self._capabilities = self._patience.call(ask)
            return self._capabilities

    def label(self, messages: Messages) -> Probabilities:
        """The probability of each label as the reply to these messages, from one token."""
        constrained = self.capabilities.way != "plain"
        body = chat.one_label(self.name, messages, constrained=constrained)

        def read(reply: dict[str, Any]) -> Probabilities:
            check_whole(messages, tokens_read(reply))
            return read_logprobs(first_logprobs(reply), constrained=constrained)

        return self._posted("/chat/completions", body, read)

    def decide(
        self, instructions: str, state: str, questions: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Probabilities]:
        """The probability of each label for several questions on one state, by the server's own
        ``/v1/systemone``."""
        body = {
            "model": self.name,
            "instructions": instructions,
            "state": state,
            "questions": dict(questions),
            **chat.NO_THINKING,
        }

        def read(reply: dict[str, Any]) -> dict[str, Probabilities]:
            answers = reply.get("answers")
            if not isinstance(answers, dict):
                raise InvalidOutputError("the decision has no answers")
            return {name: read_decision(answers.get(name)) for name in questions}

        return self._posted("/systemone", body, read)

    def stream(self, messages: Messages, most_tokens: int) -> Iterator[str]:
        """Words as they come. A stream that breaks off, or ends at its limit of tokens, raises
        after what it gave: what was shown may not pass for the whole."""
        options = chat.some_text(most_tokens)
        first, rest = self._patience.call(lambda: _begun(self._chunks(messages, options)))
        yield first
        try:
            yield from rest
        except PassingError as error:  # what was shown cannot be taken back and begun anew
            raise ModelUnavailableError(f"the model's reply broke off: {error}") from error

    def json_stream(
        self,
        messages: Messages,
        schema: type[BaseModel],
        most_tokens: int,
        limits: Limits | None = None,
    ) -> Iterator[str]:
        """JSON of the schema as it comes, unread; raises as `stream` does."""
        options = chat.some_json(schema.model_json_schema(), most_tokens)
        limits = limits or self._patience.limits
        first, rest = self._patience.call(
            lambda: _begun(without_blanks(self._chunks(messages, options, limits))),
            insist=False,
            limits=limits,
        )
        yield first
        try:
            yield from rest
        except PassingError as error:
            raise ModelUnavailableError(f"the model's reply broke off: {error}") from error

    def structured(
        self,
        messages: Messages,
        schema: type[M],
        most_tokens: int,
        *,
        limits: Limits | None = None,
        check: Callable[[M], str] | None = None,
    ) -> M:
        """A value of the schema of which `check` finds nothing to say against.

        A reply that does not fit is shown to the model with the error once, within the same
        ``limits.reply`` seconds; then `InvalidOutputError`.
        """
        options = chat.some_json(schema.model_json_schema(), most_tokens)
        limits = limits or self._patience.limits
        began = time.monotonic()
        text = "…"
        try:
            text = self._json_text(messages, options, limits)
            return _checked(schema.model_validate_json(text), check)
        except (InvalidOutputError, ValidationError) as error:
            again = corrected(messages, text, str(error))
        left = limits.reply - (time.monotonic() - began)
        if left <= 0:
            raise InvalidOutputError("no time is left to ask for a better reply")
        try:
            text = self._json_text(again, options, replace(limits, reply=left))
            return _checked(schema.model_validate_json(text), check)
        except ValidationError as error:
            raise InvalidOutputError(f"no usable JSON at the second try: {error}") from error

    def close(self) -> None:
        """Close the connections; what still runs on them fails."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()
                self._pool = self._talking = None

    @property
    def _connections(self) -> httpx.Client:
        with self._lock:
            if self._pool is None:
                self._pool = chat.pool(self.endpoint, self._patience.limits)
                weakref.finalize(self, self._pool.close)
            return self._pool

    @property
    def _chat(self) -> ChatOpenAI:
        client = self._connections
        with self._lock:
            if self._talking is not None:
                return self._talking
        # Made without the lock: its import takes seconds, which no mark may wait for.
        made = chat.chat_model(self.endpoint, self.name, self._patience.limits, client)
        with self._lock:
            if self._pool is client:
                self._talking = made
        return made

    def _posted(self, path: str, body: dict[str, Any], read: Callable[[dict[str, Any]], T]) -> T:
        """What `read` finds in the reply to a body, sent without LangChain, of which a request
        costs more of the processor than the rest of a mark."""
        client = self._connections  # before the clock runs: its import takes time
        url = f"{self.endpoint.url}{path}"

        def once() -> T:
            ask = functools.partial(exchange, client, "POST", url, self.name, body)
            return read(within(ask, self._patience.limits.first))

        return self._patience.call(once)

    def _json_text(self, messages: Messages, options: dict[str, Any], limits: Limits) -> str:
        """The whole text of a reply in JSON."""

        def once() -> str:
            return "".join(without_blanks(self._chunks(messages, options, limits)))

        return self._patience.call(once, insist=False, limits=limits)

    def _chunks(
        self, messages: Messages, options: dict[str, Any], limits: Limits | None = None
    ) -> Iterator[str]:
        """The text of a reply piece by piece. Raises unless it ends of itself."""
        opened = self._chat

        def start() -> Iterator[AIMessageChunk]:
            with translated(self.name):
                yield from opened.stream(list(messages), **options)

        limits = limits or self._patience.limits
        finish = None
        for chunk in watched(start, limits.first, limits.between, limits.reply):
            finish = chunk.response_metadata.get("finish_reason") or finish
            if isinstance(chunk.content, str) and chunk.content:
                yield chunk.content
        if finish is None:
            raise PassingError("the stream broke off")
        if finish == "length":
            raise InvalidOutputError("the reply was cut at its token limit")


def _checked(value: M, check: Callable[[M], str] | None) -> M:
    if check is not None and (wrong := check(value)):
        raise InvalidOutputError(wrong)
    return value


def _begun(pieces: Iterator[str]) -> tuple[str, Iterator[str]]:
    """The first piece, waited for, and those to come."""
    return next(pieces, ""), pieces
