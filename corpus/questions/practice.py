"""Questions that a document sets itself: example prompts, and projects with a goal and steps.

Invariant: an example prompt is asked in the document's own words.
"""

from __future__ import annotations

import re

from corpus.questions.drafts import Draft, trimmed
from corpus.questions.grammar import spoken
from corpus.questions.outline import Section
from corpus.questions.plaintext import plain
from corpus.schema import Block

_PROMPT_TITLE = re.compile(
    r"\b(?:(?:example|sample|practice|interview|discussion|review|warm-?up) (?:prompts?|"
    r"questions?)|"
    r"try (?:this|it)|ask yourself|check your understanding|self[- ]check|food for thought)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^(?:what|why|how|when|where|which|who|compare|contrast|explain|describe|discuss|define|"
    r"design|"
    r"walk (?:me|us) through|give|name|list|outline|can you|is|are|does|do|should|suppose|tell)\b",
    re.IGNORECASE,
)
_PROJECT = re.compile(r"\b(?:project|hands-on|lab|case study|walkthrough|exercise)\b", re.I)
_GOAL = re.compile(r"^\W*(?:goal|objective|task|aim)\W*:\W*", re.I)
_DOING = re.compile(
    r"^(?:benchmark|build|train|implement|design|compare|deploy|create|measure|fine-tune|set up|"
    r"optimi[sz]e|"
    r"write|profile|evaluate|develop|serve|monitor|scale|migrate|automate|test|analy[sz]e|reduce|"
    r"speed up)\b",
    re.IGNORECASE,
)
_FLOW_NODE = re.compile(r"\b\w+\s*(?:\[\"?([^\]\"]+)\"?\]|\(\"?([^)\"]+)\"?\)|\{\"?([^}\"]+)\"?\})")
_FLOW_TITLE = re.compile(
    r"\b(?:flow|pipeline|workflow|process|lifecycle|life cycle|loop|architecture|steps|stages)\b",
    re.I,
)


def practice_drafts(text: str, section: Section) -> list[Draft]:
    """Example prompts, project tasks and drawn flows of a section."""
    found: list[Draft] = []
    if _PROMPT_TITLE.search(section.title):
        found.extend(d for b in section.blocks if (d := _prompt(text, b)))
    if _PROJECT.search(section.title) and (task := _project(text, section)):
        found.append(task)
    if _FLOW_TITLE.search(section.title) and (flow := _flow(text, section)):
        found.append(flow)
    return found


def _prompt(text: str, block: Block) -> Draft | None:
    if block.kind not in ("quote", "paragraph", "list_item"):
        return None
    question = plain(text[block.body_start : block.body_end]).strip("“”\"'«» ")
    if not 4 <= len(question.split()) <= 45 or not _ASKS.match(question):
        return None
    ends = question[-1] in "?."
    asked = (
        question
        if ends
        else question + ("?" if re.match(r"wh|how|is|are|do", question, re.I) else ".")
    )
    return Draft(asked, (), "prompt")


def _project(text: str, section: Section) -> Draft | None:
    """ "Goal: Benchmark …" with numbered steps asks how one would do it."""
    steps = [b for b in section.blocks if b.kind == "list_item"]
    for block in section.blocks:
        body = text[block.body_start : block.body_end]
        lead = _GOAL.match(body) if block.kind == "paragraph" else None
        goal = plain(body[lead.end() :]) if lead else ""
        if not 3 <= len(goal.split()) <= 25 or not _DOING.match(goal) or len(steps) < 3:
            continue
        goal = goal[0].lower() + goal[1:].rstrip(".")
        if "." in goal or "your" in goal:
            continue
        places = tuple((b.body_start, b.body_end) for b in steps[:8])
        return Draft(
            f"How would you {goal}?", places, spoken(section.title, text) or "project task"
        )
    return None


def _flow(text: str, section: Section) -> Draft | None:
    """A flow drawn in Mermaid: its nodes in order are the stages."""
    for block in section.blocks:
        if block.kind != "code" or "mermaid" not in text[block.start : block.body_start]:
            continue
        places, seen = [], set()
        for match in _FLOW_NODE.finditer(text, block.body_start, block.body_end):
            group = next(i for i in (1, 2, 3) if match.group(i))
            label = match.group(group).strip()
            if label not in seen:
                seen.add(label)
                places.append(trimmed(text, match.start(group), match.end(group)))
        name = re.sub(r"^(?:example|figure|diagram)\s*[—–:-]\s*", "", section.title, flags=re.I)
        if len(places) < 3 or not name:
            return None
        after = section.blocks[section.blocks.index(block) + 1 :]
        if after and after[0].kind == "paragraph":
            places.append(trimmed(text, after[0].body_start, after[0].body_end, " \t\n➡️→"))
        return Draft(f"What are the stages of {_the(name, text)}, in order?", tuple(places), "flow")
    return None


def _the(name: str, text: str) -> str:
    term = spoken(name, text)
    return term if term.lower().startswith("the ") else f"the {term}"
