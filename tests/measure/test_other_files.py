"""PDF and text files: lines put together to paragraphs; scanned, broken and hostile files refused with a sentence."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from engine.files.errors import DataError
from engine.measure import opened, pdf, pdf_pages
from engine.measure.opened import open_measure
from engine.measure.paragraphs import paragraphs_of_lines
from tests.measure import made_files

LINES = [
    (24, "第一条 为规范行程补贴，提高资金使用的效率，更好地"),
    (0, "维护乘客的权益，推动建立管用高效的补贴机制，根据有"),
    (0, "关规定，制定本办法。"),
    (24, "第二条 补贴按下列规定计算："),
    (24, "（一）近程。"),
    (24, "另起的一段，没有编号，比较长，也要折行，要看看会不"),
    (0, "会和上面的接在一起。"),
]


def page(number: int) -> list[tuple[float, float, str]]:
    drawn = [(60.0 + indent, 700.0 - 20 * at, text) for at, (indent, text) in enumerate(LINES)]
    return [*drawn, (290.0, 40.0, f"— {number} —")]


def saved(tmp_path: Path, name: str, data: bytes) -> Path:
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


PARAGRAPHS = (
    "第一条 为规范行程补贴，提高资金使用的效率，更好地维护乘客的权益，推动建立管用高效的补贴机制，"
    "根据有关规定，制定本办法。",
    "第二条 补贴按下列规定计算：",
    "（一）近程。",
    "另起的一段，没有编号，比较长，也要折行，要看看会不会和上面的接在一起。",
)


def test_a_pdf_is_read_to_paragraphs_without_page_numbers(tmp_path: Path) -> None:
    found = open_measure(saved(tmp_path, "办法.pdf", made_files.pdf([page(1), page(2)])))
    assert found.paragraphs == PARAGRAPHS * 2
    assert "对着原件" in found.remarks[0]


def test_scanned_pages_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="是扫描件：2 页都是图片") as refused:
        open_measure(saved(tmp_path, "办法.pdf", made_files.pdf([[], []], picture=True)))
    assert "识别" in refused.value.hint
    with pytest.raises(DataError, match="第 2 页是扫描的图片"):
        open_measure(saved(tmp_path, "办法.pdf", made_files.pdf([page(1), []], picture=True)))


def test_a_font_without_meaning_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="乱码|没有文字|扫描"):
        open_measure(saved(tmp_path, "办法.pdf", made_files.pdf([page(1)], meaning=False)))


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\ngarbage", made_files.pdf([page(1)])[:700]])
def test_a_broken_pdf_is_told(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(DataError, match="办法.pdf"):
        open_measure(saved(tmp_path, "办法.pdf", data))


@pytest.mark.slow
def test_a_pdf_that_swells_ends_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_SECONDS", 20)
    swollen = zlib.compress(zlib.compress(b"q\n" * 200_000_000, 9), 9)
    about = f"<< /Filter [/FlateDecode /FlateDecode] /Length {len(swollen)} >>".encode()
    made = made_files.pdf([page(1)])
    at = made.index(b"7 0 obj")
    end = made.index(b"endobj", at)
    made = made[:at] + b"7 0 obj\n" + about + b"\nstream\n" + swollen + b"\nendstream\n" + made[end:]
    with pytest.raises(DataError, match="办法.pdf"):
        open_measure(saved(tmp_path, "办法.pdf", made))


def test_more_pages_than_a_measure_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MOST_PAGES", 1)
    assert "2 页" in pdf_pages.pages_of(made_files.pdf([page(1), page(2)]))["refused"]


def test_a_text_that_was_broken_at_the_edge_is_put_together() -> None:
    lines = [(text, indent / 12, "") for indent, text in LINES]
    assert tuple(paragraphs_of_lines(lines)) == PARAGRAPHS
    with_gaps = [item for line in lines for item in (line, ("", 0.0, ""))]
    assert tuple(paragraphs_of_lines(with_gaps)) == PARAGRAPHS


def test_a_text_of_paragraphs_stays_as_it_is(tmp_path: Path) -> None:
    text = "第一章 总则\n第一条 为了补贴\n乘客，制定本办法。\n" + "甲" * 200 + "\n" + "乙" * 150 + "\n"
    found = open_measure(saved(tmp_path, "办法.txt", text.encode()))
    assert found.paragraphs == tuple(text.splitlines())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_is_read_in_each_encoding_that_programs_write(tmp_path: Path, encoding: str) -> None:
    found = open_measure(saved(tmp_path, "办法.txt", "第一条 为了补贴乘客，制定本办法。\n".encode(encoding)))
    assert found.paragraphs == ("第一条 为了补贴乘客，制定本办法。",)


def test_signs_that_nobody_sees_are_left_out(tmp_path: Path) -> None:
    text = "##　第一章　总则\n**第一条**\u200b 甲\u202e乙\u00a0⼀⻓ﬁ\n---\n"
    found = open_measure(saved(tmp_path, "办法.txt", text.encode()))
    assert found.paragraphs == ("第一章 总则", "第一条 甲乙 一长fi")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("办法.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧的 Word"),
        ("办法.rtf", b"{\\rtf1 a}", "RTF"),
        ("办法.docx", b"plain", "不是真的"),
        ("办法.html", b"<html>a</html>", "网页"),
        ("办法.txt", b"\x89PNG\r\n\x1a\n", "图片"),
        ("办法.txt", b" \n\n", "没有文字"),
        ("办法.docx", made_files.docx(""), "没有文字"),
    ],
)
def test_what_is_no_measure_is_told(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        open_measure(saved(tmp_path, name, data))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST_BYTES", 10)
    with pytest.raises(DataError, match="最多"):
        open_measure(saved(tmp_path, "办法.txt", b"a" * 11))


SOURCES = Path(__file__).parents[3] / "shared" / "sources"
ARTICLES = {"000": 8, "001": 45, "002": 18, "003": 48, "004": 8}
"""How many articles or sections each has, counted by hand; 001 has two of number fifteen and none of eleven."""


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the public documents are not here")
@pytest.mark.parametrize("number", sorted(ARTICLES))
def test_public_documents_are_cut_into_their_articles(number: str) -> None:
    from engine.measure.outline import outline_of

    (path,) = SOURCES.glob(f"{number}_*.txt")
    outline = outline_of(enumerate(open_measure(path).paragraphs, 1))
    assert len(outline.units) == ARTICLES[number]
