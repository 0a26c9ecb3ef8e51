"""What sells instead of telling: adverts, pitches, sign-ups, and the spam under an article.

Invariant: one signal never condemns a passage; it takes several kinds of them together.
"""

from __future__ import annotations

import re

# Each kind of pitch has words without which its pattern cannot match: they are looked up first.
_PITCH = (
    (
        "ats resume",
        r"\bats\b[- ](?:friendly|optimi[sz]ed|compliant)|\bresume "
        r"(?:builder|writing|templates?|examples?)\b",
    ),
    (
        "craft build create perfect polish dream",
        r"\b(?:craft|build|create|perfect|polish) (?:a |an |the |your )?(?:\w+ "
        r")?(?:resume|résumé|cv)\b|dream (?:resume|job|role|career)",
    ),
    (
        "job marketability demand get gets getting recruiter recruiters",
        r"\bjob (?:search|prospects|market|seekers?|hunt)\b|\bmarketability\b|\bhigh-demand\b|\bge"
        r"t(?:s|ting)? (?:you )?(?:noticed|hired)\b|\brecruiters?\b",
    ),
    (
        "career common",
        r"\bcareer (?:tips?|coach(?:es|ing)?|advice|goals|growth)\b|\bmost common interview "
        r"questions\b",
    ),
    (
        "ace crack nail land secure clinch nerve",
        r"\b(?:ace|crack|nail|land|secure|clinch) (?:the|your|that|those|any|this) (?:\w+ "
        r")?(?:interviews?|roles?|jobs?|offers?|positions?)\b|\bnerve-wracking\b",
    ),
    (
        "confidence showcase skills qualifications expertise achievements abilities",
        r"\bgain the confidence\b|\bwith confidence\b|\bshowcase your\b|\b(?:your|unique) "
        r"(?:skills|qualifications|expertise|achievements|abilities)\b",
    ),
    (
        "comprehensive ultimate complete definitive",
        r"\b(?:comprehensive|ultimate|complete|definitive) "
        r"(?:guide|suite|solution|platform|course)\b",
    ),
    (
        "discount discounts coupon coupons promo savings off limited special black free "
        "money lifetime best",
        r"\b(?:discounts?|coupons?|promo code|savings|\d{1,2} ?% off|limited[- ]time|special "
        r"offer|black friday|free trial|money-back|lifetime access|best price)\b",
    ),
    (
        "sign subscribe enrol enroll register buy order shop upgrade download join start",
        r"\b(?:sign up|subscribe|enrol+|register|buy|order|shop|upgrade|download|join|start)\b.{0,"
        r"40}\b(?:now|today|free|here|our|newsletter|course|plan)\b",
    ),
    (
        "click started miss book contact learn visit",
        r"\bclick (?:here|the link|below)\b|\bget started (?:today|now|for free)\b|\bdon[’']t "
        r"miss\b|\bbook an? (?:demo|call|session)\b|\bcontact us\b|\blearn more at\b|\bvisit "
        r"(?:our|us)\b",
    ),
    (
        "industry world best award market cutting easiest one",
        r"\b(?:industry-leading|world-class|best-in-class|award-winning|market-leading|cutting-edg"
        r"e (?:solution|platform)|easiest solution|one-stop)\b",
    ),
    (
        "end trusted demo webinar video",
        r"\bend-to-end platform\b|\btrusted by\b|\bin this (?:demo|webinar)\b|\bbrilliant (?:short"
        r" )?video\b",
    ),
    (
        "sponsored affiliate advertisement promoted partner paid",
        r"\b(?:sponsored|affiliate|advertisement|promoted|partner content|paid partnership)\b",
    ),
    (
        "bootcamp masterclass mentorship premium our",
        r"\b(?:bootcamp|masterclass|mentorship|premium (?:course|plan|members?)|our "
        r"(?:course|courses|platform|services?|experts?|team|products?))\b",
    ),
    (
        "help helps available explore unlock",
        r"\bcan help you\b|\bhelps? you (?:craft|build|land|get|stand)\b|\bavailable "
        r"through\b|\bexplore (?:this|our|a wide range)\b|\bunlock (?:your|the full power of "
        r"our)\b",
    ),
)
_PITCHES = tuple((frozenset(t.split()), re.compile(p, re.I | re.S)) for t, p in _PITCH)
_COMMAND = re.compile(
    r"^(?:ace|navigate|craft|master|don[’']t miss|join|subscribe|get|grab|boost|unlock|"
    r"discover|explore|"
    r"sign|start|try|build|land|take|download|enrol|buy|upgrade|click|check out|follow)\b",
    re.I,
)
_ADVERT_LABEL = re.compile(
    r"\W*(?:(?:career|job|interview|expert|pro|resume)\s+)*(?:tips?|advice|advertisements?|"
    r"ads?|sponsored"
    r"(?: content)?|promoted|sponsors?|special offers?|our (?:courses?|products?|services?)|"
    r"next steps?|"
    r"recommended (?:courses?|products?))\W*$",
    re.I,
)
_BRAND = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
_SPAM = (
    (
        "0",
        r"\+?\d{0,3}[ (.-]*\(?\d{3}\)[ .-]*\d{3}[ .-]?\d{4}",
    ),
    (
        "@",
        r"[\w.+-]+@[\w-]+\.[a-z]{2,}",
    ),
    (
        "0",
        r"\b[A-Z][a-z]+,? [A-Z]{2} \d{5}(?:-\d{4})?\b",
    ),
    (
        "dear",
        r"\bdear (?:sir|madam|friend|customer|webmaster|site owner|team)\b",
    ),
    (
        "regards sincerely yours",
        r"\b(?:best|kind|warm) regards\b|\bsincerely\b|\byours (?:truly|faithfully)\b",
    ),
    (
        "seo backlink backlinks guest rank ranking rankings free",
        r"\bseo\b|\bbacklinks?\b|\bguest post|\brank(?:ings?)? (?:on|higher)\b|\bfree audit\b",
    ),
    (
        "vendor vendors prequalification pre procurement",
        r"\bvendors?\b.{0,60}\b(?:tender|supplier|contract)|\bpre-?qualification\b|\bprocurement\b",
    ),
    (
        "i would kindly",
        r"\bi represent\b|\bi(?: would|[’']d) like to offer\b|\bwould you be "
        r"interested\b|\bkindly\b",
    ),
    (
        "casino viagra crypto loan bitcoin escort hacker whatsapp dm",
        r"\b(?:casino|viagra|crypto (?:invest|recovery)|loan offer|bitcoin profit|escort|hacker "
        r"for hire|whatsapp (?:me|number)|dm me)\b",
    ),
)
_SPAMS = tuple(
    (frozenset(t.split()), re.compile(p, 0 if "[A-Z]{2}" in p else re.I)) for t, p in _SPAM
)
LONGEST = 4000  # characters of a passage that are looked at


def pitch(text: str, brands: frozenset[str] = frozenset()) -> int:
    """How many kinds of sales talk a passage shows. Below 2 it is nothing to speak of."""
    text = text[:LONGEST]
    words = _words(text)
    score = sum(1 for first, pattern in _PITCHES if words & first and pattern.search(text))
    if score and (
        _COMMAND.match(text) or ("!" in text and re.search(r"\byou(?:r)?\b", text, re.I))
    ):
        score += 1
    if score and any(brand in text for brand in brands):
        score += 1
    return score


def spam(text: str) -> int:
    """How many kinds of unsolicited offer a passage shows."""
    text = text[:LONGEST]
    words = _words(text)
    if re.search(r"\d", text):
        words.add("0")
    if "@" in text:
        words.add("@")
    return sum(1 for first, pattern in _SPAMS if words & first and pattern.search(text))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


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
