"""Readers, each on files made here: structure kept, and every kind of bad file refused in words."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.readers import LARGEST_TEXT, read
from corpus.schema import Extracted, UnreadableError


def made(tmp_path: Path, name: str, data: bytes | str) -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def reason(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(path)
    assert "\n" not in caught.value.reason
    return caught.value.reason


# --- PDF files, written by hand -----------------------------------------------------------------

Placed = tuple[str, float, float, float, str]  # text, x, y, size, font


def pdf(pages: Sequence[Sequence[Placed]], extra: str = "", image: bool = False) -> bytes:
    """A PDF with these words at these places, `extra` in its trailer; F1 Times, F2 Courier."""
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Bold >>",
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
        "/BitsPerComponent 8 /Length 1 >>\nstream\n0\nendstream",
    ]
    kids = []
    for placed in pages:
        stream = "".join(
            f"BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n" for text, x, y, size, font in placed
        )
        if image:
            stream += "q 500 0 0 700 50 50 cm /Im Do Q\n"
        bodies.append(f"<< /Length {len(stream)} >>\nstream\n{stream}endstream")
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(bodies)} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> "
            "/XObject << /Im 6 0 R >> >> >>"
        )
        kids.append(f"{len(bodies)} 0 R")
    bodies[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{o:010} 00000 n \n".encode() for o in offsets)
    trailer = f"<< /Size {len(bodies) + 1} /Root 1 0 R {extra} >>"
    return out + f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode()


def lines(*texts: str, top: float = 700, size: float = 11, font: str = "F1") -> list[Placed]:
    return [(text, 72, top - 1.25 * size * i, size, font) for i, text in enumerate(texts)]


WRAPPED = (
    "A kernel is launched over a grid of blocks of threads, and the compi-",
    "ler decides how many registers each of them needs before a single-",
    "threaded host program goes on to the next one, which is single-threaded too.",
)


def test_pdf_paragraphs_are_joined_and_words_made_whole(tmp_path: Path) -> None:
    page = [
        ("Notes on kernels", 72.0, 740.0, 20.0, "F1"),
        *lines(*WRAPPED),
        *lines("Another paragraph of it begins after a gap.", top=640),
        *lines("for i in range(3):", top=600, font="F2"),
        ("print\\(i\\)", 72 + 4 * 6.6, 586.25, 11.0, "F2"),
        ("What is a warp?", 72.0, 550.0, 11.0, "F3"),
        *lines("A group of threads that run in step, thirty-two of them today.", top=536),
    ]
    found = read(made(tmp_path, "a.pdf", pdf([page])))
    assert found.title == "Notes on kernels"
    assert found.media_type == "application/pdf"
    assert found.text.split("\n\n") == [
        "# Notes on kernels",
        "A kernel is launched over a grid of blocks of threads, and the compiler decides how many "
        "registers each of them needs before a single-threaded host program goes on to the next "
        "one, which is single-threaded too.",
        "Another paragraph of it begins after a gap.",
        "```\nfor i in range(3):\n    print(i)\n```",
        "**What is a warp?**",
        "A group of threads that run in step, thirty-two of them today.",
    ]


def test_pdf_running_heads_and_page_numbers_go_and_text_stays(tmp_path: Path) -> None:
    pages = [
        [
            *lines(f"{n + 7} Chapter {'One' if n < 2 else 'Two'}: Basics", top=760),
            *lines(f"Fact {n} about the thing stands at the top of page {n}.", top=700),
            *lines(f"Here page {n} ends in the middle of a", top=100),
            *lines("A Book About Things", top=40),
        ]
        for n in range(5)
    ]
    pages.append([*lines("sentence that goes on here.")])
    text = read(made(tmp_path, "b.pdf", pdf(pages))).text
    assert "Chapter" not in text
    assert "A Book About Things" not in text
    assert all(f"Fact {n} about" in text for n in range(5))
    assert text.endswith("Here page 4 ends in the middle of a sentence that goes on here.")


def test_pdf_bullets_become_one_list(tmp_path: Path) -> None:
    page = lines("These are the parts:", "\\225 first part", "\\225 second part", "and its rest")
    text = read(made(tmp_path, "c.pdf", pdf([page]))).text
    assert text == "These are the parts:\n\n- first part\n- second part and its rest"


def test_encrypted_pdf(tmp_path: Path) -> None:
    key = "00" * 32
    encrypted = pdf(
        [lines("secret")],
        f"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >>",
    )
    assert reason(made(tmp_path, "e.pdf", encrypted)).startswith("encrypted")


def test_scanned_pdf(tmp_path: Path) -> None:
    scanned = pdf([[], []], image=True)
    assert reason(made(tmp_path, "s.pdf", scanned)) == "no text: scanned pages need OCR first"
    assert reason(made(tmp_path, "t.pdf", pdf([[]]))).startswith("empty")


@pytest.mark.parametrize("kept", [20, 200])
def test_truncated_pdf(tmp_path: Path, kept: int) -> None:
    assert reason(made(tmp_path, "d.pdf", pdf([lines("text")])[:kept])).startswith("damaged")


# --- Office files -------------------------------------------------------------------------------


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def word() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Deep notes", 0)
    document.add_paragraph("Before the list: naïve “words”.")
    document.add_heading("Parts", 2)
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("inner", style="List Bullet 2")
    document.add_paragraph("one", style="List Number")
    document.add_paragraph("two", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        [c for r in table.rows for c in r.cells], ["Kind", "Use", "GPU", "a|b"], strict=True
    ):
        cell.text = text
    for line in ("def f():", "    return 1"):
        document.add_paragraph().add_run(line).font.name = "Courier New"
    document.add_paragraph("After the code.")
    return saved(document)


def test_docx_keeps_structure_and_order(tmp_path: Path) -> None:
    found = read(made(tmp_path, "w.docx", word()))
    assert found.title == "Deep notes"
    assert found.text == (
        "# Deep notes\n\nBefore the list: naïve “words”.\n\n## Parts\n\n- first\n- inner\n1. one\n"
        "2. two\n\n| Kind | Use |\n| --- | --- |\n| GPU | a\\|b |\n\n```\ndef f():\n"
        "    return 1\n```\n\nAfter the code."
    )


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    """An archive with `old` replaced by `new` in one of its parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            target.writestr(name, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def test_docx_keeps_insertions_and_controls_but_not_deletions(tmp_path: Path) -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    data = changed(
        word(),
        "word/document.xml",
        "<w:sectPr",
        "<w:p><w:ins>" + run.format("put in") + "</w:ins><w:del><w:r><w:delText>taken out"
        "</w:delText></w:r></w:del></w:p><w:sdt><w:sdtContent><w:p>"
        + run.format("in a control")
        + "</w:p></w:sdtContent></w:sdt><w:sectPr",
    )
    text = read(made(tmp_path, "w.docx", data)).text
    assert "put in" in text
    assert "in a control" in text
    assert "taken out" not in text


def test_docx_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = made(tmp_path, "secret.txt", "the secret")
    data = changed(word(), "word/document.xml", "After the code.", "After &x; code.")
    doctype = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]><w:document'
    data = changed(data, "word/document.xml", "<w:document", doctype)
    try:
        text = read(made(tmp_path, "w.docx", data)).text
    except UnreadableError:
        return
    assert "secret" not in text


def test_pptx_titles_bullets_tables_and_notes(tmp_path: Path) -> None:
    import pptx

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Memory kinds"
    frame = slide.placeholders[1].text_frame
    frame.text = "registers"
    inner = frame.add_paragraph()
    inner.text, inner.level = "fastest", 1
    table = slide.shapes.add_table(2, 2, 0, 0, 100, 100).table
    for row, texts in enumerate([("Kind", "Scope"), ("shared", "block")]):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    box = slide.shapes.add_textbox(0, 0, 100, 100)
    box.text_frame.text = "A remark in a box."
    slide.notes_slide.notes_text_frame.text = "Say why it matters."
    found = read(made(tmp_path, "p.pptx", saved(deck)))
    assert found.title == "Memory kinds"
    assert found.text == (
        "## Memory kinds\n\n- registers\n    - fastest\n\n| Kind | Scope |\n| --- | --- |\n"
        "| shared | block |\n\nA remark in a box.\n\nSay why it matters."
    )


# --- Books --------------------------------------------------------------------------------------

CONTAINER = '<container><rootfiles><rootfile full-path="OPS/b.opf"/></rootfiles></container>'
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"><metadata>
<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">The Book</dc:title></metadata><manifest>
<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="b" href="text/second%20one.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="first.xhtml" media-type="application/xhtml+xml"/>
<item id="i" href="i.png" media-type="image/png"/></manifest>
<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="i"/><itemref idref="b"/></spine>
</package>"""


def epub(**more: str) -> bytes:
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OPS/b.opf": PACKAGE,
        "OPS/nav.xhtml": "<html><body><p>Table of contents</p></body></html>",
        "OPS/first.xhtml": '<?xml version="1.0" encoding="utf-8"?><html><body><h1>One</h1>'
        "<p>It begins — so.</p></body></html>",
        "OPS/text/second one.xhtml": "<html><body><h1>Two</h1><ul><li>x</li></ul></body></html>",
        **more,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_epub_chapters_in_reading_order(tmp_path: Path) -> None:
    found = read(made(tmp_path, "b.epub", epub()))
    assert found == Extracted(
        "# One\n\nIt begins — so.\n\n# Two\n\n- x", "The Book", "application/epub+zip"
    )


def test_epub_under_copy_protection(tmp_path: Path) -> None:
    method = '<e><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></e>'
    assert reason(made(tmp_path, "b.epub", epub(**{"META-INF/encryption.xml": method}))).startswith(
        "encrypted"
    )


def test_epub_with_a_damaged_package(tmp_path: Path) -> None:
    assert reason(made(tmp_path, "b.epub", epub(**{"OPS/b.opf": "<package"}))).startswith("damaged")
    lost = epub(**{"META-INF/container.xml": CONTAINER.replace("b.opf", "lost.opf")})
    assert "missing" in reason(made(tmp_path, "b.epub", lost))


# --- Archives that mean harm, and damaged ones --------------------------------------------------


def test_zip_bomb_in_a_docx(tmp_path: Path) -> None:
    buffer = io.BytesIO(word())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/bomb.xml", bytes(20 << 20))
    assert reason(made(tmp_path, "z.docx", buffer.getvalue())).startswith("zip bomb")


def test_an_archive_that_unpacks_to_too_much_in_all(tmp_path: Path) -> None:
    buffer = io.BytesIO(word())
    noise = os.urandom(1 << 14)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for n in range(9):  # each below the ratio that is refused by itself
            archive.writestr(f"word/media/{n}", noise * 16 + bytes(30 << 20))
    assert "zip bomb: unpacks to" in reason(made(tmp_path, "z.docx", buffer.getvalue()))


def test_an_archive_of_too_many_entries(tmp_path: Path) -> None:
    buffer = io.BytesIO(word())
    with zipfile.ZipFile(buffer, "a") as archive:
        for n in range(10_001):
            archive.writestr(f"{n}", b"")
    assert "entries" in reason(made(tmp_path, "z.docx", buffer.getvalue()))


def test_an_encrypted_archive(tmp_path: Path) -> None:
    data = bytearray(word())
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:  # set the flag in the directory's entries
        data[at + 8] |= 1
        at += 4
    assert reason(made(tmp_path, "z.docx", bytes(data))).startswith("encrypted")


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
@pytest.mark.parametrize("name", ["w.docx", "b.epub"])
def test_truncated_archives(tmp_path: Path, name: str, share: float) -> None:
    data = word() if name == "w.docx" else epub()
    cut = data[: max(10, int(share * len(data)))]
    assert reason(made(tmp_path, name, cut)).startswith("damaged")


def test_a_docx_whose_xml_breaks_off(tmp_path: Path) -> None:
    data = changed(word(), "word/document.xml", "</w:body>", "")
    assert reason(made(tmp_path, "w.docx", data)).startswith("damaged")


def test_old_or_protected_office_file(tmp_path: Path) -> None:
    assert reason(made(tmp_path, "o.docx", b"\xd0\xcf\x11\xe0" + bytes(600))).startswith(
        "encrypted"
    )


# --- Pages --------------------------------------------------------------------------------------

PROSE = "A scheduler picks a warp that is ready and issues its next instruction, cycle by cycle. "
OTHER = "Latency is hidden where enough of them wait, which is what occupancy is a measure of. "
LAST = "Registers and shared memory bound it, and so does the size of the block that was chosen. "
PAGE = f"""<!doctype html><html><head><title>Warps | A Site</title><style>p {{}}</style></head>
<body>
<nav><ul><li>Home</li></ul></nav><main><h1>All about <em>warps</em></h1>
<p>A <b>warp</b> has <code>32</code> threads.<br>Next line, x<sup>2</sup>. {PROSE}</p>
<h2>Questions</h2><details><summary>What diverges?</summary><p>{PROSE * 2}</p></details>
<ul><li>first<ul><li>nested</li></ul></li><li><p>second</p></li></ul>
<ol start="3"><li>three</li></ol>
<table><tr><th>Kind</th><th>Use</th></tr><tr><td>a|b</td><td>x<br>y</td></tr></table>
<pre><code class="language-c">int f() {{
  return 1;
}}</code></pre><blockquote><p>said</p></blockquote><p><strong>Bold?</strong></p>
<p hidden>hidden words</p></main><footer>Copyright</footer><script>evil()</script></body></html>"""


def test_html_keeps_structure_and_drops_furniture(tmp_path: Path) -> None:
    found = read(made(tmp_path, "p.html", PAGE))
    assert found.title == "All about warps"
    assert found.text == (
        f"# All about warps\n\nA warp has `32` threads.\nNext line, x^2. {PROSE.strip()}\n\n"
        f"## Questions\n\n### What diverges?\n\n{PROSE * 2}".strip()
        + "\n\n- first\n    - nested\n- second\n3. three\n\n| Kind | Use |\n| --- | --- |\n"
        "| a\\|b | x y |\n\n```c\nint f() {\n  return 1;\n}\n```\n\n> said\n\n**Bold?**"
    )


def test_html_main_content_is_told_from_what_surrounds_it(tmp_path: Path) -> None:
    links = "".join(f"<li><a href=/{n}>Another post about subject {n}</a></li>" for n in range(9))
    page = (
        f"<title>T</title><body><div class=sidebar><h3>Popular</h3><ul>{links}</ul></div>"
        f"<div><h1>Head</h1><p>{PROSE}{OTHER}</p><pre>nvcc a.cu</pre><h2>More</h2><ul><li>a"
        f"<ul><li>b</li></ul></li></ul><p>{OTHER}{LAST}</p></div>"
        "<div class=comments>Great post!</div></body>"
    )
    assert read(made(tmp_path, "m.html", page)).text == (
        f"# Head\n\n{PROSE}{OTHER.strip()}\n\n```\nnvcc a.cu\n```\n\n## More\n\n- a\n    - b\n\n"
        f"{OTHER}{LAST.strip()}"
    )


def test_a_short_page_is_read_whole(tmp_path: Path) -> None:
    page = "<title>Short</title><div>Only <i>these</i> words</div><p>and these."
    assert read(made(tmp_path, "s.htm", page)) == Extracted(
        "Only these words\n\nand these.", "Short", "text/html"
    )


def test_a_page_saved_as_txt_is_read_as_a_page(tmp_path: Path) -> None:
    assert read(made(tmp_path, "p.txt", PAGE)).media_type == "text/html"


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
def test_html_encodings(tmp_path: Path, encoding: str) -> None:
    page = f'<html><head><meta charset="{encoding}"></head><body><p>Слова здесь</p></body></html>'
    assert read(made(tmp_path, "e.html", page.encode(encoding))).text == "Слова здесь"


@pytest.mark.parametrize("tag", ["div", "ul><li", "blockquote", "table><tr><td", "span", "b"])
@pytest.mark.parametrize("depth", [100, 600, 30_000])
def test_deeply_nested_html_is_read_or_refused(tmp_path: Path, tag: str, depth: int) -> None:
    page = "<html><body>" + f"<{tag}>" * depth + "deep down"
    path = made(tmp_path, "d.html", page)
    try:
        text = read(path).text
    except UnreadableError as error:
        text = error.reason
    assert ("nested too deeply" if depth > 2000 else "deep down") in text


TAGS = "div p ul ol li table tr td th span b code h2 pre blockquote details summary dl dt dd br"


@st.composite
def trees(draw: st.DrawFn) -> str:
    """HTML of arbitrary nesting in which every text is a word of its own: w0., w1., …"""
    made_of: list[str] = []
    open_tags: list[str] = []
    for n in range(draw(st.integers(1, 30))):
        step = draw(st.sampled_from(["open", "open", "close", "word", "word"]))
        if step == "open":
            open_tags.append(draw(st.sampled_from(TAGS.split())))
            made_of.append(f"<{open_tags[-1]}>")
        elif step == "close" and open_tags:
            made_of.append(f"</{open_tags.pop()}>")
        made_of.append(f" w{n}. ")
    return "".join(made_of)


@given(trees())
def test_all_text_of_a_page_comes_out_once(inner: str) -> None:
    from corpus.readers.html import parse
    from corpus.readers.markup import write

    words = re.findall(r"w\d+\.", inner)
    found = re.findall(r"w\d+\.", write(parse(f"<html><body>{inner}</body></html>")))
    assert sorted(found) == sorted(words)


def test_html_without_text(tmp_path: Path) -> None:
    for page in ("<html><body><script>x</script></body></html>", "<!-- nothing -->", "  \n "):
        assert reason(made(tmp_path, "n.html", page)).startswith("empty")


# --- Text ---------------------------------------------------------------------------------------


def test_markdown_is_the_files_own_text(tmp_path: Path) -> None:
    text = (
        "---\ntitle: 'My notes'\n---\n\n# Head\n\n<!-- kept -->\n[a](b) <b>x</b>\n\n```\n1\n```\n"
    )
    assert read(made(tmp_path, "m.md", text)) == Extracted(text, "My notes", "text/markdown")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("intro\n\n## The *real* [title](x) #\n\ntext", "The real title"),
        ("```\n# comment\n```\n# Head", "Head"),
        ("Over the line\n=====\n\ntext", "Over the line"),
        ("- item\n---\n\n# Head", "Head"),
        (
            "Photo of people at work\n\nA Guide to Warps and Blocks\n\nIt begins.",
            "A Guide to Warps and Blocks",
        ),
        ("A sentence that ends.\nAnother one that ends.", "my file"),
        ("snake_case_name and 2 * 3 * 4\n\nIt begins.", "snake_case_name and 2 * 3 * 4"),
    ],
)
def test_titles(tmp_path: Path, text: str, title: str) -> None:
    assert read(made(tmp_path, "my file.md", text)).title == title


def test_marks_and_nul_bytes_in_a_text(tmp_path: Path) -> None:
    text = "A warp\x00 has \u202e32\u202c threads.\r\nbiasâ€“variance\r\n" * 9
    assert read(made(tmp_path, "t.txt", text)).text == "A warp has 32 threads.\nbias–variance\n" * 9


def test_name_with_spaces_and_emoji(tmp_path: Path) -> None:
    assert read(made(tmp_path, "my notes 🚀.md", "just this.")).title == "my notes 🚀"


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("e.md", b"", "empty"),
        ("w.md", b" \n\t\n", "empty"),
        ("z.txt", b"\xef\xbb\xbf\x00", "empty"),
        ("b.md", bytes(range(256)) * 40, "not text"),
        ("i.md", b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG"),
        ("p.md", pdf([lines("x")]), "pdf"),
        ("d.md", epub(), "epub"),
        ("q.pdf", b"these are no bytes of a PDF", "damaged"),
        ("q.docx", epub(), "misnamed"),
        ("q.epub", b"PK\x03\x04", "damaged"),
        ("t.xlsx", b"x", "unsupported type .xlsx"),
        ("noname", b"x", "docx"),
    ],
)
def test_refused(tmp_path: Path, name: str, data: bytes, word: str) -> None:
    assert word in reason(made(tmp_path, name, data))


def test_a_huge_text_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(200 << 20)  # sparse: takes no space
    said = reason(path)
    assert "200.0 MiB" in said
    assert f"{LARGEST_TEXT >> 20} MiB" in said


def test_vanished_forbidden_and_odd_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(tmp_path / "gone.md").startswith("vanished")
    os.mkfifo(tmp_path / "pipe.md")
    assert reason(tmp_path / "pipe.md") == "not a regular file"
    closed = made(tmp_path, "closed.md", "x")

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    assert reason(closed).startswith("permission denied")
