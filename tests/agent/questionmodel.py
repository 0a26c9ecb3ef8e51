"""A scripted model that writes questions: replies in JSON, one after the other, to any request."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from agent.llm.scripted import ScriptedModel

Reply = dict[str, Any]
Replies = Reply | Callable[[str], Any]


def question(wording: str, *points: tuple[str, str], difficulty: int = 3) -> Reply:
    """A question as a model writes it; a point is its text and its quote."""
    made = [{"text": text, "quote": quote} for text, quote in points]
    return {"question": wording, "points": made, "difficulty": difficulty}


class QuestionModel(ScriptedModel):
    """Answers each request for JSON with the next of `replies`, the last of them for ever; a
    function reads the prompt and makes the reply."""

    def __init__(self, *replies: Replies) -> None:
        super().__init__("good")
        self._replies = list(replies)

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        made = super().completion(body)
        if "json" in (body.get("structured_outputs") or {}):
            reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
            prompt = "\n".join(str(m.get("content")) for m in body["messages"])
            said = reply(prompt) if callable(reply) else reply
            made["choices"][0]["message"]["content"] = json.dumps(said)
        return made

    @property
    def prompts(self) -> list[str]:
        """The text of every request for words or JSON."""
        return [
            "\n".join(str(m.get("content")) for m in r["messages"])
            for r in self.requests
            if "messages" in r
        ]
