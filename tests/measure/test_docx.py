"""Word files: text as it is shown, with the numbers that Word counts by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.files.errors import DataError
from engine.measure.opened import Opened, open_measure
from tests.measure.made_files import docx, level, numbering, paragraph, styles


def opened(tmp_path: Path, data: bytes) -> Opened:
    path = tmp_path / "办法.docx"
    path.write_bytes(data)
    return open_measure(path)


def texts(tmp_path: Path, data: bytes) -> list[str]:
    return list(opened(tmp_path, data).paragraphs)


MEASURE = numbering(
    level(0, "chineseCountingThousand", "第%1章")
    + level(1, "chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/>')
    + level(2, "chineseCounting", "（%3）", '<w:suff w:val="nothing"/>')
    + level(3, "decimal", "%4.", '<w:suff w:val="nothing"/>')
    + level(4, "decimalEnclosedCircleChinese", "%5", '<w:suff w:val="nothing"/>')
)


def test_the_numbers_that_word_makes_are_counted_out(tmp_path: Path) -> None:
    depths = (0, 1, 1, 2, 2, 3, 3, 4, 4, 2, 3, 0, 1, 2)
    levels = zip(depths, ("总则", *"甲乙丙丁戊己庚辛壬癸", "补贴", *"子丑"), strict=True)
    body = "".join(paragraph(text, (1, depth)) for depth, text in levels) + paragraph("没有编号")
    assert texts(tmp_path, docx(body, numbering=MEASURE)) == [
        "第一章 总则", "第一条 甲", "第二条 乙", "（一）丙", "（二）丁", "1.戊", "2.己", "①庚", "②辛", "（三）壬",
        "1.癸", "第二章 补贴", "第三条 子", "（一）丑", "没有编号",
    ]  # fmt: skip


def test_articles_count_on_past_ten_and_a_hundred(tmp_path: Path) -> None:
    made = numbering(level(0, "chineseCountingThousand", "第%1条"))
    found = texts(tmp_path, docx("".join(paragraph("甲", (1, 0)) for _ in range(111)), numbering=made))
    assert [found[n - 1] for n in (9, 10, 11, 20, 21, 100, 101, 110, 111)] == [
        f"第{n}条 甲" for n in ("九", "十", "十一", "二十", "二十一", "一百", "一百零一", "一百一十", "一百一十一")
    ]


@pytest.mark.parametrize(
    ("format_", "first", "third"),
    [
        ("decimal", "1", "3"),
        ("decimalZero", "01", "03"),
        ("upperLetter", "A", "C"),
        ("lowerRoman", "i", "iii"),
        ("upperRoman", "I", "III"),
        ("japaneseCounting", "一", "三"),
        ("chineseLegalSimplified", "壹", "叁"),
        ("ideographTraditional", "甲", "丙"),
        ("decimalEnclosedCircle", "①", "③"),
    ],
)
def test_each_way_to_write_a_number(tmp_path: Path, format_: str, first: str, third: str) -> None:
    made = numbering(level(0, format_, "%1、"))
    found = texts(tmp_path, docx("".join(paragraph("文", (1, 0)) for _ in range(3)), numbering=made))
    assert (found[0], found[2]) == (f"{first}、 文", f"{third}、 文")


def test_a_number_of_an_unknown_kind_is_told(tmp_path: Path) -> None:
    made = opened(tmp_path, docx(paragraph("文", (1, 0)), numbering=numbering(level(0, "hebrew1", "%1."))))
    assert made.paragraphs == ("1. 文",)
    assert "hebrew1" in made.remarks[0]


def test_a_list_that_starts_anew_does_and_one_that_goes_on_goes_on(tmp_path: Path) -> None:
    made = numbering(
        level(0, "decimal", "%1.", start=3),
        "",
        "",
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>',
    )
    body = "".join(paragraph("文", (which, 0)) for which in (1, 1, 2, 3, 3, 1))
    assert texts(tmp_path, docx(body, numbering=made)) == ["3. 文", "4. 文", "5. 文", "1. 文", "2. 文", "3. 文"]


def test_the_number_may_come_from_the_style_or_the_style_below_it(tmp_path: Path) -> None:
    made = styles(
        '<w:style w:styleId="a"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style>'
        '<w:style w:styleId="ring"><w:basedOn w:val="ring"/></w:style>'
    )
    body = (
        paragraph("甲", style="a")
        + paragraph("乙", style="b")
        + paragraph("丙", (0, 0), "a")
        + paragraph("丁", style="ring")
    )
    found = texts(tmp_path, docx(body, styles=made, numbering=numbering(level(0, "decimal", "%1."))))
    assert found == ["1. 甲", "2. 乙", "丙", "丁"]


def test_what_was_deleted_is_left_out_and_what_was_added_is_in(tmp_path: Path) -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = (
        f"<w:p>{run.format('第八条 ')}<w:del><w:r><w:delText>六成</w:delText></w:r></w:del>"
        f"<w:ins>{run.format('五成')}</w:ins></w:p>"
    )
    found = opened(tmp_path, docx(body))
    assert found.paragraphs == ("第八条 五成",)
    assert found.remarks == ("文件里有没有接受的修订：按接受以后的读",)


def test_rows_of_a_table_are_lines_and_text_boxes_and_breaks_are_not_lost(tmp_path: Path) -> None:
    cell = "<w:tc>{}</w:tc>"
    table = (
        f"<w:tbl><w:tr>{cell.format(paragraph('甲'))}{cell.format(paragraph('乙') + paragraph('丙'))}</w:tr></w:tbl>"
    )
    broken = "<w:p><w:r><w:t>前</w:t><w:br/><w:t>后</w:t></w:r></w:p>"
    box = f"<w:p><w:r><w:pict><w:txbxContent>{paragraph('框')}</w:txbxContent></w:pict></w:r></w:p>"
    assert texts(tmp_path, docx(table + broken + box)) == ["甲 乙 丙", "前", "后", "框"]


def test_lines_of_the_table_of_contents_are_left_out(tmp_path: Path) -> None:
    made = styles('<w:style w:styleId="9"><w:name w:val="toc 1"/></w:style>')
    body = paragraph("第一章 总则 1", style="9") + paragraph("第二章 补贴……………3") + paragraph("第一章 总则")
    assert texts(tmp_path, docx(body, styles=made)) == ["第一章 总则"]


def test_a_part_that_swells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="展开后太大"):
        opened(tmp_path, docx(paragraph("甲" * 6_000_000)))


@pytest.mark.parametrize(
    "entity", ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE a [<!ENTITY x "甲甲甲">]>']
)
def test_a_document_type_is_refused_whatever_it_declares(tmp_path: Path, entity: str) -> None:
    import io
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", f"<?xml version='1.0'?>{entity}<a>&x;</a>")
    with pytest.raises(DataError, match="坏了"):
        opened(tmp_path, stream.getvalue())


@pytest.mark.parametrize("cut", [10, 60, 200])
def test_a_file_that_was_cut_is_told(tmp_path: Path, cut: int) -> None:
    with pytest.raises(DataError):
        opened(tmp_path, docx(paragraph("甲"))[:cut])
