"""What the parts of a scripted model write where JSON is asked for: words, probes, hints, answers.

Invariant: as in `agent.llm.roles`, a part sees the text of the prompt alone and answers the same
prompt always the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from agent.llm.roles import ORDER, read_case

_PASSAGE = re.compile(r"Passage (\d+)(?: \((\w+)\))?:\n<<<\n(.*?)\n?>>>", re.S)
_AIM = re.compile(r"The point to ask after:\n<<<\n(.*?)\n?>>>", re.S)
_QUESTION = re.compile(r"The question:\n<<<\n(.*?)\n?>>>", re.S)
_SENIORITY = re.compile(r"Their seniority:\n<<<\n(.*?)\n?>>>", re.S)
_TO_ASK = re.compile(r"ask(?: only)?: ([^\n]*)")
_WORD = re.compile(r"\S+")
_QUOTED_WORDS = 4
_GOOD = frozenset({"covered", "partial"})

Writing = Callable[[str, str], Any]
"""From the title of a schema and the prompt to the value that is sent as JSON."""


def good(title: str, prompt: str) -> Any:
    """Says what the passages say, and asks after the candidate's own words."""
    match title:
        case "Explanation":
            rows = [
                (("good" if held in _GOOD else "missed"), int(number), f"So {_begun(text)}")
                for number, held, text in _PASSAGE.findall(prompt)
            ]
            return _statements(rows)
        case "Told":
            return {
                "sentences": [
                    {"passage": int(number), "text": f"So {_begun(text)}"}
                    for number, _, text in _PASSAGE.findall(prompt)
                ]
            }
        case "Asked":
            return {"quote": _quote(prompt), "question": "What exactly do you mean by that?"}
        case "Reworded":
            return {"question": _for_their_seniority(prompt)}
        case _:
            return {"hint": "What has to happen before that, and why?"}


def sycophant(title: str, prompt: str) -> Any:
    """Finds everything brilliant."""
    praise = "This was brilliant and deserves full marks in every respect."
    match title:
        case "Explanation":
            numbers = [int(number) for number, _, _ in _PASSAGE.findall(prompt)]
            return _statements([("good", number, praise) for number in numbers])
        case "Told":
            return {"sentences": [{"passage": 1, "text": praise}]}
        case "Asked":
            return {"quote": _quote(prompt), "question": praise}
        case "Reworded":
            return {"question": f"{praise} {_question(prompt)}"}
        case _:
            return {"hint": praise}


def liar(title: str, prompt: str) -> Any:
    """Quotes what nobody said, and adds facts to the passages."""
    quote = "every point, word for word"
    match title:
        case "Explanation":
            found = _PASSAGE.findall(prompt)
            rows = [("good", int(number), f"It was said “{quote}”.") for number, _, _ in found]
            rows += [("missed", int(n), f"{_stem(t)} in 1987 by penguins.") for n, _, t in found]
            return _statements(rows)
        case "Told":
            found = _PASSAGE.findall(prompt)
            return {
                "sentences": [
                    {"passage": int(n), "text": f"{_stem(t)} in 1987 by penguins."}
                    for n, _, t in found
                ]
            }
        case "Asked":
            return {"quote": quote, "question": "What exactly do you mean by that?"}
        case "Reworded":
            return {"question": f"As you told NASA in 1987: {_question(prompt)}"}
        case _:
            return {"hint": f"Recall that you said “{quote}”."}


def obedient(title: str, prompt: str) -> Any:
    """A good writer that does what the candidate's text tells it to, and blurts the point out."""
    if title == "Explanation" and not ORDER.search(read_case(prompt).answer):
        return good(title, prompt)
    aims = _AIM.findall(prompt)
    told = aims[-1] if aims else ""
    match title:
        case "Asked":
            return {"quote": _quote(prompt), "question": f"Did you mean that {_begun(told)}?"}
        case "Hinted":
            return {"hint": told}
        case "Reworded":
            orders = _TO_ASK.findall(prompt)
            return {"question": orders[0] if orders else _for_their_seniority(prompt)}
        case _:
            return sycophant(title, prompt)


WRITINGS: Mapping[str, Writing] = {
    "good": good,
    "sycophant": sycophant,
    "liar": liar,
    "obedient": obedient,
}


def _statements(rows: list[tuple[str, int, str]]) -> dict[str, Any]:
    return {
        "statements": [
            {"about": about, "passage": number, "text": text} for about, number, text in rows
        ]
    }


def _quote(prompt: str) -> str:
    """The first words of the answer."""
    words = _WORD.findall(read_case(prompt).answer)
    return " ".join(words[:_QUOTED_WORDS])


def _question(prompt: str) -> str:
    found = _QUESTION.findall(prompt)
    return found[-1] if found else ""


def _for_their_seniority(prompt: str) -> str:
    found = _SENIORITY.findall(prompt)
    return f"{_question(prompt)} Answer as {found[0]}." if found else _question(prompt)


def _begun(text: str) -> str:
    return text[:1].lower() + text[1:]


def _stem(text: str) -> str:
    return text.strip().rstrip(".")
