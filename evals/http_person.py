"""A person at the web app without a browser: the page's own events, over HTTP.

Invariant: what is sent is what the page would send; an event's outcome is what the server said.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

_PATIENCE = 120.0  # seconds for one event: the first answer waits for the model


class EventError(Exception):
    """The server refused an event, or could not carry it out; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the page: its number, its trigger, and what it takes and gives, as ids of
    components."""

    number: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class HttpPerson:
    """One browser's worth of state: cookies, the page's name, and what the page stored."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=_PATIENCE)
        self.page = secrets.token_hex(6)
        self.stored: Any = None
        self.names: dict[int, str] = {}
        self._values: dict[int, Any] = {}
        self._events: dict[tuple[str, str], Event] = {}
        self._browser_state: int | None = None

    def log_in(self, name: str, password: str) -> int:
        """Log in; the HTTP status."""
        given = {"username": name, "password": password}
        return self.client.post("/login", data=given).status_code

    def open(self) -> None:
        """Read what the page is made of. Raises `httpx.HTTPStatusError` where it is not given."""
        config = self.client.get("/config").raise_for_status().json()
        for component in config["components"]:
            made = component["props"]
            self.names[component["id"]] = str(made.get("elem_id") or "")
            self._values[component["id"]] = made.get("value")
            if component["type"] == "browserstate":
                self._browser_state = component["id"]
        for event in config["dependencies"]:
            known = Event(event["id"], tuple(event["inputs"]), tuple(event["outputs"]))
            for target, trigger in event["targets"]:
                self._events.setdefault((self.names.get(target, ""), trigger), known)

    def do(
        self, name: str, trigger: str = "click", values: Sequence[Any] | None = None, **given: Any
    ) -> dict[str, Any]:
        """Carry out the event of the component with this name; what it gave, by name. Inputs are
        the `values` in order, or those given by name, the rest as the page began. Raises
        `EventError`."""
        event = self._events[(name, trigger)]
        by_name = [self._given(number, given) for number in event.inputs]
        data = by_name if values is None else list(values)
        asked = {"data": data, "fn_index": event.number, "session_hash": self.page}
        joined = self.client.post("/gradio_api/queue/join", json=asked)
        if joined.status_code != 200:
            raise EventError(f"{joined.status_code}: {joined.text[:200]}")
        made = self._outcome(joined.json()["event_id"])
        gave = dict(zip(event.outputs, made, strict=False))
        if self._browser_state in gave:
            self.stored = gave[self._browser_state]
        return {self.names.get(number) or str(number): value for number, value in gave.items()}

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _given(self, number: int, given: Mapping[str, Any]) -> Any:
        if number == self._browser_state:
            return self.stored
        name = self.names.get(number, "").replace("-", "_")
        return given[name] if name in given else self._values.get(number)

    def _outcome(self, event_id: str) -> list[Any]:
        with self.client.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": self.page}
        ) as stream:
            for line in stream.iter_lines():
                if not line.startswith("data:"):
                    continue
                said = json.loads(line[5:])
                if said.get("event_id") == event_id and said["msg"] == "process_completed":
                    if not said["success"]:
                        raise EventError(str(said["output"].get("error")))
                    return list(said["output"]["data"])
        raise EventError("the server ended the stream without an outcome")
