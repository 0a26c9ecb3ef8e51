"""A language model at an endpoint: verdict probabilities, words as they come, JSON of a schema.

Invariant: a reply is used whole or not at all. What is cut, empty, late or of another shape raises
one of `agent.llm.faults`.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from agent.llm import chat
from agent.llm.capabilities import Capabilities, ask_capabilities
from agent.llm.connection import Connection, Find
from agent.llm.endpoint import Endpoint
from agent.llm.exchange import exchange
from agent.llm.faults import (
    InvalidOutputError,
    ModelUnavailableError,
    NotServedError,
    PassingError,
    translated,
)
from agent.llm.labels import Probabilities, read_decision, read_logprobs
from agent.llm.patience import Limits, Patience
from agent.llm.prompts import corrected
from agent.llm.replies import (
    check_whole,
    checked,
    first_logprobs,
    tokens_read,
    within_tokens,
    without_blanks,
)
from agent.llm.watch import watched, within

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

Messages = Sequence[tuple[str, str]]
M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class LanguageModel:
    """One model. Thread-safe; connects on first use.

    `find` says where its server is now, for the case that it is lost where it was.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        name: str,
        patience: Patience | None = None,
        find: Find | None = None,
    ) -> None:
        self.name = name
        self._patience = patience or Patience()
        self._connection = Connection(endpoint, name, find)
        self._lock = threading.Lock()
        self._capabilities: Capabilities | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Where the model is."""
        return self._connection.endpoint

    @property
    def capabilities(self) -> Capabilities:
        """What the server can do, asked once. Raises `ModelUnavailableError`,
        `InvalidOutputError`."""
        with self._lock:
            if self._capabilities is None:
                first = self._patience.limits.first
                self._capabilities = self._tried(
                    lambda: ask_capabilities(self.endpoint, self.name, first)
                )
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

        try:
            return self._posted("/systemone", body, read)
        except NotServedError:
            self._capabilities = None  # another server took its place; it is asked what it can do
            raise

    def stream(self, messages: Messages, most_tokens: int) -> Iterator[str]:
        """Words as they come. A stream that breaks off, or ends at its limit of tokens, raises
        after what it gave: what was shown may not pass for the whole."""
        options = chat.some_text(most_tokens)
        first, rest = self._tried(lambda: _begun(self._chunks(messages, options)))
        yield from _whole(first, rest)

    def json_stream(
        self,
        messages: Messages,
        schema: type[BaseModel],
        most_tokens: int,
        limits: Limits | None = None,
    ) -> Iterator[str]:
        """JSON of the schema as it comes, unread; raises as `stream` does."""
        options = self._json_options(schema, most_tokens)
        limits = limits or self._patience.limits
        first, rest = self._tried(
            lambda: _begun(without_blanks(self._chunks(messages, options, limits))),
            insist=False,
            limits=limits,
        )
        yield from _whole(first, rest)

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
        options = self._json_options(schema, most_tokens)
        limits = limits or self._patience.limits
        began = time.monotonic()
        text = "…"
        try:
            text = self._json_text(messages, options, limits)
            return checked(schema.model_validate_json(text), check)
        except (InvalidOutputError, ValidationError) as error:
            again = corrected(messages, text, str(error))
        left = limits.reply - (time.monotonic() - began)
        if left <= 0:
            raise InvalidOutputError("no time is left to ask for a better reply")
        try:
            text = self._json_text(again, options, replace(limits, reply=left))
            return checked(schema.model_validate_json(text), check)
        except ValidationError as error:
            raise InvalidOutputError(f"no usable JSON at the second try: {error}") from error

    def close(self) -> None:
        """Close the connections; what still runs on them fails."""
        self._connection.close()

    def _posted(self, path: str, body: dict[str, Any], read: Callable[[dict[str, Any]], T]) -> T:
        """What `read` finds in the reply to a body, sent without LangChain, of which a request
        costs more of the processor than the rest of a mark."""

        def once() -> T:
            limits = self._patience.limits
            client = self._connection.pool(limits)  # before the clock runs: its import takes time
            url = f"{self.endpoint.url}{path}"
            ask = functools.partial(exchange, client, "POST", url, self.name, body)
            return read(within(ask, limits.first))

        return self._tried(once)

    def _tried(
        self, once: Callable[[], T], *, insist: bool = True, limits: Limits | None = None
    ) -> T:
        """As `Patience.call`; where the server is lost and another announces itself, there."""
        before = self.endpoint
        try:
            return self._patience.call(once, insist=insist, limits=limits)
        except ModelUnavailableError:
            if not self._connection.moved(before):
                raise
            self._capabilities = None
            self._patience.forgive()
            return self._patience.call(once, insist=insist, limits=limits)

    def _json_options(self, schema: type[BaseModel], most_tokens: int) -> dict[str, Any]:
        known = self._capabilities  # not asked for here: words have less time than that may take
        form = known.json if known else "structured_outputs"
        return chat.some_json(schema.model_json_schema(), most_tokens, form)

    def _json_text(self, messages: Messages, options: dict[str, Any], limits: Limits) -> str:
        """The whole text of a reply in JSON."""

        def once() -> str:
            return "".join(without_blanks(self._chunks(messages, options, limits)))

        return self._tried(once, insist=False, limits=limits)

    def _chunks(
        self, messages: Messages, options: dict[str, Any], limits: Limits | None = None
    ) -> Iterator[str]:
        """The text of a reply piece by piece. Raises unless it ends of itself."""
        opened, most = self._connection.chat(self._patience.limits), int(options["max_tokens"])

        def start() -> Iterator[AIMessageChunk]:
            with translated(self.name):
                yield from opened.stream(list(messages), **options)

        limits = limits or self._patience.limits
        finish = None
        came = watched(start, limits.first, limits.between, limits.reply)
        for chunk in within_tokens(came, lambda chunk: len(chunk.content), most):
            finish = chunk.response_metadata.get("finish_reason") or finish
            if isinstance(chunk.content, str) and chunk.content:
                yield chunk.content
        if finish is None:
            raise PassingError("the stream broke off")
        if finish == "length":
            raise InvalidOutputError("the reply was cut at its token limit")


def _begun(pieces: Iterator[str]) -> tuple[str, Iterator[str]]:
    """The first piece, waited for, and those to come."""
    return next(pieces, ""), pieces


def _whole(first: str, rest: Iterator[str]) -> Iterator[str]:
    """All pieces. What was shown cannot be taken back and begun anew."""
    yield first
    try:
        yield from rest
    except PassingError as error:
        raise ModelUnavailableError(f"the model's reply broke off: {error}") from error
