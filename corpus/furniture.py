"""What stands around an article and is not part of it: navigation, captions, bylines, sign-offs.

Invariant: each test looks at one short passage, and passages of running prose pass all of them.
"""

from __future__ import annotations

import re

from corpus.questions.plaintext import plain

_LINK = re.compile(
    r"!?\[(?:[^\[\]]|\[[^\[\]]*\](?:\([^()]*\))?)*\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*[^()]*\)"
)
_ANCHOR_LINK = re.compile(r"\[[^\[\]]*\]\(#[^()]*\)")
_URL = re.compile(r"<?https?://\S+>?")
_IMAGE_TAG = re.compile(
    r"\s*(?:<(?:img|figure|picture|source|center|p|div|a)\b[^<>]*>|</\w+>)+\s*", re.I
)
_BOX = re.compile(r"[─-▟█-▏⠀-⣿╔╗╚╝═║]")

_POINTER = re.compile(
    r"[\s*_>•-]*(?:<\w+>)?(?:learn more|read more|read (?:this|the|more|full)\b.{0,20}|"
    r"further reading|see also|"
    r"more (?:info(?:rmation)?|details|reading)|references?|(?:image |photo |picture |"
    r"figure )?(?:source|credit)s?|"
    r"check out|watch|links?|resources?|go deeper|related|adapted from|original (?:article|post))"
    r"(?:\*\*|__|</\w+>)?\s*:",
    re.I,
)
_CREDIT = re.compile(
    r"[\s*_(]*(?:(?:image|photo|picture|figure|graphic|cover|illustration)s?\s*(?:source|"
    r"credits?|by|courtesy|from)\b|"
    r"(?:source|credit)s?:|courtesy of\b|photo by\b|©|copyright\b|all rights reserved)",
    re.I,
)
_CONTENTS = re.compile(
    r"\W*(?:table of contents?|contents|toc|on this page|in this article|jump to)\W*$", re.I
)
_RESOURCES = re.compile(
    r"\W*(?:further reading|references?|resources?|links|useful links|see also|sources|"
    r"learn more|related"
    r"(?: \w+)?|bibliography|external links|additional resources|recommended reading)\W*$",
    re.I,
)
_COMMENTS = re.compile(
    r"\W*(?:(?:\d+ )?comments?(?: \(\d+\))?|(?:leave|post|write|add) an? (?:reply|comment|"
    r"response|review)|what "
    r"(?:our )?(?:readers|users|people|customers) (?:say|are saying|think).*|(?:reader|"
    r"user) (?:comments?|reviews?)|"
    r"join the (?:conversation|discussion)|\d+ (?:responses?|replies|thoughts) .*)\W*$",
    re.I,
)
_SHARE = re.compile(
    r"\W*(?:(?:share|tweet|pin|like|save|print|e-?mail|copy link|facebook|twitter|x|"
    r"linkedin|pinterest|"
    r"whatsapp|reddit|telegram|follow|bookmark|this|on|via|article|post|with friends|it|"
    r"\d+)\b\W*)+$",
    re.I,
)
_SHARE_WORD = re.compile(r"share|tweet|facebook|twitter|linkedin|whatsapp|reddit|pinterest", re.I)
_RATING = re.compile(
    r"\W*(?:(?:users?|average|overall|your|reader) rating\b.*|rate (?:this|our|us|the)\b.*|"
    r"share your "
    r"(?:experience|thoughts|feedback).*|was this (?:article |page |post )?helpful.*|"
    r"\d(?:\.\d)? ?(?:/ ?5|out of 5).*|"
    r"we value your feedback.*|click (?:on )?a star.*|(?:claps?|likes?|votes?):? ?\d+)$",
    re.I | re.S,
)
_NAVIGATION = re.compile(
    r"\W*(?:skip to (?:main )?content|back to (?:top|home|list)|(?:previous|next|"
    r"prev)(?: (?:post|article|lesson|"
    r"page|chapter))?|(?:home|blog)(?:\s*[>/»›|]\s*[^>/»›|]{1,40})+|(?:explore|read|view|"
    r"see|load|show) (?:more|all)"
    r"(?: (?:articles?|posts?|stories|topics|resources))?|related (?:posts?|articles?|"
    r"stories|content|reading)|"
    r"you (?:may|might) (?:also )?(?:like|enjoy|be interested in)|recommended for you|"
    r"popular posts?|latest (?:posts?|"
    r"news|articles?)|trending(?: now)?|(?:categor(?:y|ies)|tags?|posted in|filed under|"
    r"topics?):.{0,120}|"
    r"uncategori[sz]ed\b.{0,40}|menu|search|log ?in|sign (?:in|up)|home|about(?: us)?|"
    r"contact(?: us)?|privacy policy|"
    r"terms of (?:service|use)|sitemap|share this|scroll (?:down|up|to top)|"
    r"toggle (?:navigation|menu)|"
    r"leave (?:this )?page|open in app|listen(?: to this article)?)\W*$",
    re.I,
)
_COOKIES = re.compile(
    r"\b(?:we|this (?:web)?site|our (?:web)?site|our partners?)\b.{0,60}\bcookies?\b|"
    r"\bcookie (?:policy|settings|"
    r"preferences|consent)\b|\baccept (?:all )?cookies\b",
    re.I | re.S,
)
_NEWSLETTER = re.compile(
    r"\b(?:subscribe|sign up)\b.{0,60}\b(?:newsletter|updates|inbox|mailing list|blog)\b|"
    r"\bnewsletter\b.{0,60}"
    r"\b(?:sign up|subscribe|inbox)\b|\benter your e-?mail\b",
    re.I | re.S,
)
_BYLINE = re.compile(
    r"[\s*_]*(?:(?:owner|author|authors|written by|posted by|published(?: on| by)?|"
    r"last (?:updated|modified|edited)"
    r"(?: on)?|posted on|date|editor|reviewed by|updated(?: on)?|contributors?)\s*:.{0,100}|"
    r"(?:by|written by|posted by) "
    r"[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){0,3}\b.{0,60}|(?:published|posted|updated|"
    r"last updated|last modified)"
    r"(?: on)?:? \w.{0,50}|\d{1,2} min(?:ute)?s? read.{0,40}|(?:jan|feb|mar|apr|may|jun|jul|"
    r"aug|sep|oct|nov|dec)\w* "
    r"\d{1,2},? \d{4}.{0,40})$",
    re.I,
)
_ABOUT_LIST = re.compile(
    r"\b(?:create|open|send|submit|make) a (?:pr|pull request)\b|"
    r"\bpull requests? (?:are )?(?:welcome|with)\b|"
    r"\bcontributions? (?:are |is )?welcome\b|\bstar (?:this|the) repo\b|\b(?:list|"
    r"questions?|post|article) (?:of "
    r"questions )?(?:is|are|was|were) based on\b|\b(?:answers?|"
    r"questions?) here are given by\b|^\W*legend:|"
    r"\bclick-to-open\b|\bclick (?:on )?(?:a|the|each) question\b|\bpair this with\b|"
    r"\bif you (?:see|find|spot) "
    r"(?:an?|any) (?:error|mistake|typo)",
    re.I,
)
_CHATTER_OPENING = re.compile(
    r"(?:excellent|great|sure|certainly|of course|absolutely|perfect|awesome|okay|ok|"
    r"alright|got it|good question)\b"
    r"[!,.\s—–-]+.{0,120}(?:here(?:[’']s| is| are)|continuing|let[’']s|below|next)",
    re.I | re.S,
)
_SIGN_OFF = re.compile(
    r"^\W*(?:thanks?(?: you)? (?:so much |again )?for (?:reading|watching|stopping|taking)|"
    r"would you like me to|do you "
    r"want me to|shall i (?:continue|go on|proceed)|want me to|let me know (?:if|what|in|"
    r"your|which)|i hope (?:this|you)|"
    r"hope (?:this|you)|happy (?:coding|learning|reading|interviewing|hacking)|good luck|"
    r"best of luck|all the best|"
    r"see you (?:in the )?next|until next time|stay tuned|feel free to (?:reach|ask|contact|"
    r"connect|share|leave)|"
    r"(?:please )?(?:follow|reach out to|connect with|contact) me\b|reach out\b|"
    r"if you (?:enjoyed|liked|found) this|"
    r"that[’']s (?:it|all) for (?:today|now|this)|cheers\b|about the author\b)",
    re.I,
)


def is_image(text: str) -> bool:
    """Whether a passage is nothing but pictures (their alternative texts included)."""
    bare = text.strip()
    if bare.startswith("!["):
        return not plain(bare) or not _LINK.sub("", bare).strip()
    if "<img" in bare[:200].lower() or bare.startswith("<figure"):
        return not _IMAGE_TAG.sub("", bare).strip()
    return False


def is_credit(text: str) -> bool:
    """A source or credit line under a picture."""
    return len(text) <= 400 and bool(_CREDIT.match(text)) and _links_most(text, 0.3, words=8)


def is_pointer(text: str) -> bool:
    """A line that only sends the reader elsewhere ("Learn more: …", a lone address)."""
    bare = text.strip()
    if _POINTER.match(bare):
        return _links_most(bare, 0.4, words=3)
    if "http" in bare and not _URL.sub("", bare).strip("<>() -*•"):
        return True
    return _is_lone_link(bare)


def _is_lone_link(text: str) -> bool:
    return text.startswith("[") and not _LINK.sub("", text).strip(" .-*•|,")


def is_link_item(text: str) -> bool:
    """A list item or line made of links and nothing else."""
    return bool(_LINK.search(text)) and not _LINK.sub("", text).strip(" .-*•|,–—")


def is_anchor_list(text: str) -> bool:
    """Links to places of the same page and hardly anything else (a table of contents)."""
    if not _ANCHOR_LINK.search(text):
        return False
    rest = _ANCHOR_LINK.sub("", text)
    return len(re.sub(r"[\s*•|–—:-]+", "", rest)) <= 0.25 * len(text)


def _links_most(text: str, share: float, *, words: int) -> bool:
    rest = _URL.sub("", _LINK.sub("", text))
    linked = len(text) - len(rest)
    return linked >= share * len(text) or len(rest.split()) <= words


def is_drawing(text: str) -> bool:
    """Letters drawn with box characters (a banner)."""
    visible = len(text) - text.count(" ") - text.count("\n")
    return visible >= 20 and len(_BOX.findall(text)) > 0.6 * visible


def heads_contents(text: str) -> bool:
    return len(text) <= 40 and bool(_CONTENTS.match(text))


def heads_resources(text: str) -> bool:
    return len(text) <= 60 and bool(_RESOURCES.match(text))


def heads_comments(text: str) -> bool:
    return len(text) <= 80 and bool(_COMMENTS.match(text))


def is_share_bar(text: str) -> bool:
    """A row of share buttons, or a rating widget."""
    if len(text) > 160:
        return False
    return bool(
        _RATING.match(text) or (len(text) <= 90 and _SHARE_WORD.search(text) and _SHARE.match(text))
    )


def is_navigation(text: str) -> bool:
    return len(text) <= 130 and bool(_NAVIGATION.match(text))


def is_notice(text: str) -> bool:
    """A cookie notice or a newsletter form."""
    return len(text) <= 500 and bool(
        _COOKIES.search(text) or (len(text) <= 250 and _NEWSLETTER.search(text))
    )


def is_byline(text: str) -> bool:
    return len(text) <= 120 and bool(_BYLINE.match(text))


def is_about_the_list(text: str) -> bool:
    """What a collection says about itself: where it is from, how to use and mend it."""
    return len(text) <= 800 and bool(_ABOUT_LIST.search(text))


def opens_chat(text: str) -> bool:
    return len(text) <= 400 and bool(_CHATTER_OPENING.match(text))


def signs_off(text: str) -> bool:
    return len(text) <= 600 and bool(_SIGN_OFF.match(text))
