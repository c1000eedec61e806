"""Files as Word and other programs write them, made by hand: small, and with what the tests are about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def paragraph(text: str, number: tuple[int, int] | None = None, style: str = "") -> str:
    """A ``w:p``; ``number``: the list and the level that Word counts it in."""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    listed = f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else ""
    return f"<w:p><w:pPr>{styled}{listed}</w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def level(number: int, format_: str, text: str, extra: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="{start}"/><w:numFmt w:val="{format_}"/>{extra}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(levels: str, *lists: str) -> str:
    """One definition (0); ``lists`` are inner texts of ``w:num`` 1, 2, …"""
    made = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="0"/>{inner}</w:num>' for n, inner in enumerate(lists or ("",), 1)
    )
    return (
        f'<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{made}</w:numbering>'
    )


def docx(body: str, **parts: str) -> bytes:
    """A .docx with ``word/document.xml`` of ``body`` and other parts by name (``numbering``, ``styles``)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>')
        for name, text in parts.items():
            archive.writestr(f"word/{name}.xml", text)
    return stream.getvalue()


def styles(inner: str) -> str:
    return f'<w:styles xmlns:w="{_W}">{inner}</w:styles>'


def pdf(pages: Sequence[Sequence[tuple[float, float, str]]], picture: bool = False, meaning: bool = True) -> bytes:
    """A PDF: of each page lines with left edge, height and text, in signs of 12 points.

    Signs are drawn by number; ``meaning`` says which number is which sign, as programs write it beside the font.
    """
    signs = sorted({sign for page in pages for _, _, text in page for sign in text})
    codes = {sign: number for number, sign in enumerate(signs, 1)}
    mapped = "\n".join(f"<{code:04X}> <{sign.encode('utf-16-be').hex()}>" for sign, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{len(codes)} beginbfchar\n{mapped}\nendbfchar\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [4 0 R]"
        + (" /ToUnicode 5 0 R >>" if meaning else " >>"),
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity)"
        " /Supplement 0 >> /DW 1000 >>",
        _stream(cmap),
        _stream(
            "\x00", "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        ),
    ]
    numbers = []
    for page in pages:
        drawn = "".join(
            f"BT /F 12 Tf 1 0 0 1 {x} {y} Tm <{''.join(f'{codes[sign]:04X}' for sign in text)}> Tj ET\n"
            for x, y, text in page
        )
        objects.append(_stream(drawn + ("q 600 0 0 800 0 0 cm /I Do Q\n" if picture else "")))
        images = " /XObject << /I 6 0 R >>" if picture else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {len(objects)} 0 R"
            f" /Resources << /Font << /F 3 0 R >>{images} >> >>"
        )
        numbers.append(len(objects))
    objects[1] = f"<< /Type /Pages /Count {len(numbers)} /Kids [{' '.join(f'{n} 0 R' for n in numbers)}] >>"
    return _file(objects)


def _stream(text: str, about: str = "") -> str:
    return f"<< {about} /Length {len(text.encode('latin-1'))} >>\nstream\n{text}\nendstream"


def _file(objects: Sequence[str]) -> bytes:
    made, places = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return made + f"{end}startxref\n{len(made)}\n%%EOF\n".encode("latin-1")
