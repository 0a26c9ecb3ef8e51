"""HTML tags in a text, told from words in angle brackets (``/proc/<pid>/fd``, ``vector<int>``).

Invariant: what stands in a code span stays as it is; a word is a tag only if HTML has it as the
name of an element, or if it is used as one: with attributes, or opened and closed.
"""

from __future__ import annotations

import re

_ELEMENTS = frozenset(
    """a abbr acronym address area article aside audio b base bdi bdo big blink blockquote body br
    button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir
    div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6
    head header hgroup hr html i iframe img input ins kbd label legend li link main map mark
    marquee menu meta meter nav nobr noscript object ol optgroup option output p param picture pre
    progress q rp rt ruby s samp script search section select slot small source span strike strong
    style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track
    tt u ul var video wbr""".split()
)
_TAG = re.compile(
    r"(?<!`)(?P<ticks>`{1,3})(?!`)[^`]+(?P=ticks)(?!`)|"
    r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>\s[^<>]*)?(?P<empty>/?)>"
)


def without_tags(text: str) -> str:
    """The text with a blank for every tag outside code spans."""
    names = _ELEMENTS | {name.lower() for name in re.findall(r"</([a-zA-Z][a-zA-Z0-9]*)\s*>", text)}
    return _TAG.sub(lambda match: _shown(match, names), text)


def _shown(match: re.Match[str], names: frozenset[str]) -> str:
    if match["ticks"]:
        return match.group()
    rest = match["rest"] or ""
    is_tag = (
        match["name"].lower() in names
        or match["close"]
        or match["empty"]
        or "=" in rest
        or rest.endswith("/")
    )
    return " " if is_tag else match.group()
