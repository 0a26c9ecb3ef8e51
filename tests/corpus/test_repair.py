"""Decoding and repair: what is mended, what must stay, what is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.repair import decode, repair
from corpus.schema import UnreadableError

MENDED = [
    ("biasâ€“variance", "bias–variance"),
    ("itâ€™s â€œquotedâ€\x9d", "it’s “quoted”"),
    ("voilÃ  un cafÃ©", "voilà un café"),
    ("Â£5 or â‚¬10", "£5 or €10"),
    ("biasÃ¢â‚¬â€œvariance", "bias–variance"),  # twice through the mill
    ("🙂 beside biasâ€“variance", "🙂 beside bias–variance"),
    ("one\r\ntwo\rthree\u2028four\u2029five\x0csix", "one\ntwo\nthree\nfour\nfive\nsix"),
    ("nu\x00l and be\x07ll", "nul and bell"),
    ("\x1b[31mred\x1b[0m \x1b]0;title\x07text", "red text"),
    ("left\u202eright\u2066iso\u2069late\u202c", "leftrightisolate"),
    ("ze\u200bro wi\u200ddth no\u2060break\ufeff so\u00adft", "zero width nobreak soft"),
    ("mark\u200eed \u200flatin", "marked latin"),
    ("hid\U000e0061\U000e0062den", "hidden"),
    ("a\u0301 decomposed", "á decomposed"),
    ("lone \ud83d surrogate", "lone \ufffd surrogate"),
]
KEPT = [
    "“Typographic” ‘quotes’ — and … ellipses",
    'def f(x: str) -> str:\n\treturn x.replace("\\u2019", "&amp;") if x else \'\'',
    "for (auto &x : xs) { y <<= 1; }  // <b>&lt;</b>",
    "日本語のテキスト、全角ＡＢＣ。 机器学习",
    "שלום עולם (123) \u200fאבג\u200f!",
    "می\u200cخواهم",  # Persian needs its non-joiner
    "क्\u200dष",  # and Devanagari its joiner
    "👨\u200d👩\u200d👧 ❤️\u200d🔥 1️⃣ 🏳️\u200d🌈",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
    "∑ᵢ xᵢ² ≤ ½·√n, θ̂ × 10⁻³ ± 5 µs",
    "├── src\n│   └── a.py",
    "naïve café, Größe, São Paulo, Ærø, Łódź",
    "Âge, Ãlvaro",
]


@pytest.mark.parametrize(("broken", "meant"), MENDED)
def test_mends(broken: str, meant: str) -> None:
    assert repair(broken) == meant


@pytest.mark.parametrize("text", KEPT)
def test_keeps(text: str) -> None:
    assert repair(text) == text


FRAGMENTS = st.sampled_from(
    list("ÃÂâ€“©ðŸ™‚ \r\n\x85\x1b[m\u0301e\u200d\u200c\u200f\u202e\ufe0f👩\U000e0061\U0001f3f4אم")
)


@given(st.one_of(st.text(), st.lists(FRAGMENTS, max_size=12).map("".join)))
@example("Ã\u200b©")  # mojibake that appears once something invisible is gone
@example("\x1b\u200b[31m")
@example("e\u200b\u0301")
@example("\r\x00\n")
def test_repair_is_idempotent_and_leaves_no_control_characters(text: str) -> None:
    once = repair(text)
    assert repair(once) == once
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") for c in once)
    assert unicodedata.is_normalized("NFC", once)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_printable_ascii_is_never_changed(text: str) -> None:
    printable = "".join(c for c in text if c.isprintable() or c in "\n\t")
    assert repair(printable) == printable


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain and naïve – “text”", "utf-8"),
        ("plain and naïve – “text”", "utf-8-sig"),
        ("plain and naïve – “text”", "utf-16"),
        ("plain and naïve – “text”", "utf-32"),
        ("plain and naïve text of some length", "utf-16-le"),
        ("plain and naïve text of some length", "utf-16-be"),
        ("a café, naïve – “text”", "cp1252"),
        ("Größe über Maß", "latin-1"),
        ("Нейронные сети обучаются методом градиентного спуска. " * 5, "cp1251"),
        ("機械学習は面白いです。深層学習のモデルを学ぶ。" * 5, "shift_jis"),
        ("机器学习是人工智能的一个分支，深度学习也是。" * 5, "gb18030"),
    ],
)
def test_decodes(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_few_stray_bytes_do_not_spoil_utf8() -> None:
    data = "Größe, naïve, café – five".encode() + b" and one \x93stray\x94"
    assert decode(data) == "Größe, naïve, café – five and one “stray”"


@given(st.text())
def test_utf8_is_decoded_as_such(text: str) -> None:
    # A leading NUL or control character may make it look binary or wide.
    if all(c.isprintable() for c in text) and not text.startswith(("\ufeff", "{\\rtf", "PK")):
        assert decode(text.encode()) == text


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG"),
        (b"PK\x03\x04" + b"word" * 10, "zip"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "program"),
        (b"MZ" + bytes(200), "program"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"text " * 9, "PDF"),
        (bytes(range(256)) * 8, "binary"),
        (bytes(4096), "binary"),
        ("text".encode("utf-16") + b"\x00", "breaks off"),
    ],
)
def test_refuses_what_is_no_text(data: bytes, word: str) -> None:
    with pytest.raises(UnreadableError, match=word):
        decode(data)


def test_some_nul_bytes_in_a_text_are_not_held_against_it() -> None:
    text = "An answer with a NUL\x00 in it. " * 20
    assert repair(decode(text.encode())) == text.replace("\x00", "")
