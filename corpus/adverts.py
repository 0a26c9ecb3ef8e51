"""What sells instead of telling: adverts, pitches, sign-ups, and the spam under an article.

Invariant: one signal never condemns a passage; it takes several kinds of them together.
"""

from __future__ import annotations

import re

_PITCH = (
    r"\bats\b[- ](?:friendly|optimi[sz]ed|compliant)|\bresume (?:builder|writing|templates?|examples?)\b",
    r"\b(?:craft|build|create|perfect|polish) (?:a |an |the |your )?(?:\w+ )?(?:resume|résumé|cv)\b|dream "
    r"(?:resume|job|role|career)",
    r"\bjob (?:search|prospects|market|seekers?|hunt)\b|\bmarketability\b|\bhigh-demand\b|\bget(?:s|ting)? "
    r"(?:you )?(?:noticed|hired)\b|\brecruiters?\b",
    r"\bcareer (?:tips?|coach(?:es|ing)?|advice|goals|growth)\b|\bmost common interview questions\b",
    r"\b(?:ace|crack|nail|land|secure|clinch) (?:the|your|that|those|any|this) "
    r"(?:\w+ )?(?:interviews?|roles?|jobs?|offers?|positions?)\b|\bnerve-wracking\b",
    r"\bgain the confidence\b|\bwith confidence\b|\bshowcase your\b|\b(?:your|unique) (?:skills|"
    r"qualifications|expertise|achievements|abilities)\b",
    r"\b(?:comprehensive|ultimate|complete|definitive) (?:guide|suite|solution|platform|course)\b",
    r"\b(?:discounts?|coupons?|promo code|savings|\d{1,2} ?% off|limited[- ]time|special offer|black friday|"
    r"free trial|money-back|lifetime access|best price)\b",
    r"\b(?:sign up|subscribe|enrol+|register|buy|order|shop|upgrade|download|join|start)\b.{0,40}\b(?:now|"
    r"today|free|here|our|newsletter|course|plan)\b",
    r"\bclick (?:here|the link|below)\b|\bget started (?:today|now|for free)\b|\bdon[’']t miss\b|\bbook an? "
    r"(?:demo|call|session)\b|\bcontact us\b|\blearn more at\b|\bvisit (?:our|us)\b",
    r"\b(?:industry-leading|world-class|best-in-class|award-winning|market-leading|cutting-edge "
    r"(?:solution|platform)|easiest solution|one-stop)\b",
    r"\bend-to-end platform\b|\btrusted by\b|\bin this (?:demo|webinar)\b|\bbrilliant (?:short )?video\b",
    r"\b(?:sponsored|affiliate|advertisement|promoted|partner content|paid partnership)\b",
    r"\b(?:bootcamp|masterclass|mentorship|premium (?:course|plan|members?)|our (?:course|courses|platform|"
    r"services?|experts?|team|products?))\b",
    r"\bcan help you\b|\bhelps? you (?:craft|build|land|get|stand)\b|\bavailable through\b|\bexplore "
    r"(?:this|our|a wide range)\b|\bunlock (?:your|the full power of our)\b",
)
_PITCHES = tuple(re.compile(pattern, re.I | re.S) for pattern in _PITCH)
_COMMAND = re.compile(
    r"^(?:ace|navigate|craft|master|don[’']t miss|join|subscribe|get|grab|boost|unlock|discover|explore|"
    r"sign|start|try|build|land|take|download|enrol|buy|upgrade|click|check out|follow)\b",
    re.I,
)
_ADVERT_LABEL = re.compile(
    r"\W*(?:(?:career|job|interview|expert|pro|resume)\s+)*(?:tips?|advice|advertisements?|ads?|sponsored"
    r"(?: content)?|promoted|sponsors?|special offers?|our (?:courses?|products?|services?)|next steps?|"
    r"recommended (?:courses?|products?))\W*$",
    re.I,
)
_BRAND = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
_SPAM = (
    r"\+?\d{0,3}[ (.-]*\(?\d{3}\)[ .-]*\d{3}[ .-]?\d{4}",
    r"[\w.+-]+@[\w-]+\.[a-z]{2,}",
    r"\b[A-Z][a-z]+,? [A-Z]{2} \d{5}(?:-\d{4})?\b",
    r"\bdear (?:sir|madam|friend|customer|webmaster|site owner|team)\b",
    r"\b(?:best|kind|warm) regards\b|\bsincerely\b|\byours (?:truly|faithfully)\b",
    r"\bseo\b|\bbacklinks?\b|\bguest post|\brank(?:ings?)? (?:on|higher)\b|\bfree audit\b",
    r"\bvendors?\b.{0,60}\b(?:tender|supplier|contract)|\bpre-?qualification\b|\bprocurement\b",
    r"\bi represent\b|\bi(?: would|[’']d) like to offer\b|\bwould you be interested\b|\bkindly\b",
    r"\b(?:casino|viagra|crypto (?:invest|recovery)|loan offer|bitcoin profit|escort|hacker for hire|"
    r"whatsapp (?:me|number)|dm me)\b",
)
_SPAMS = tuple(re.compile(pattern, re.I if i != 2 else 0) for i, pattern in enumerate(_SPAM))
LONGEST = 4000  # characters of a passage that are looked at


def pitch(text: str, brands: frozenset[str] = frozenset()) -> int:
    """How many kinds of sales talk a passage shows. Below 2 it is nothing to speak of."""
    text = text[:LONGEST]
    score = sum(1 for pattern in _PITCHES if pattern.search(text))
    if score and (_COMMAND.match(text) or ("!" in text and re.search(r"\byou(?:r)?\b", text, re.I))):
        score += 1
    if score and any(brand in text for brand in brands):
        score += 1
    return score


def spam(text: str) -> int:
    """How many kinds of unsolicited offer a passage shows."""
    return sum(1 for pattern in _SPAMS if pattern.search(text[:LONGEST]))


def labels_advert(text: str) -> bool:
    """Whether a short line may stand over an advert ("Career tips:"); says nothing by itself."""
    return len(text) <= 60 and bool(_ADVERT_LABEL.match(text))


def brands_of(passages: list[str]) -> frozenset[str]:
    """Names written as one word of two ("AcmeResume") that stand in two or more pitches."""
    count: dict[str, int] = {}
    for passage in passages:
        if pitch(passage):
            for brand in set(_BRAND.findall(passage[:LONGEST])):
                count[brand] = count.get(brand, 0) + 1
    return frozenset(brand for brand, n in count.items() if n >= 2)
