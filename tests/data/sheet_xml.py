"""Workbooks written by hand, as programs other than Excel write them."""

import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = ("http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships")
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def text(value, at=""):
    """A cell of text; ``at``: its address, where it has one."""
    return f"<c{_at(at)} t='inlineStr'><is><t>{value}</t></is></c>"


def number(value, at="", style=""):
    styled = f" s='{style}'" if style else ""
    return f"<c{_at(at)}{styled}><v>{value}</v></c>"


def row(*cells, r=""):
    return f"<row{_at(r)}>{''.join(cells)}</row>"


def write_book(
    path, *rows, after="", formats=(), own_formats="", settings="", spaces=(MAIN, LINKS), prefix="", shared=None
):
    """One sheet 名册 of ``rows``; ``formats``: numbers of the formats of styles 0, 1 …"""
    main, links = spaces
    p, xmlns = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    styles = "".join(f"<xf numFmtId='{f}'/>" for f in formats)
    relations = [("s", "worksheet", "worksheets/sheet1.xml"), ("f", "styles", "/xl/styles.xml")]
    body = f"<sheetData>{''.join(rows)}</sheetData>{after}"
    if prefix:
        body = body.replace("</", "<\0").replace("<", f"<{p}").replace(f"<{p}\0", f"</{p}")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", _relations(links, [("b", "officeDocument", "xl/workbook.xml")]))
        archive.writestr(
            "xl/workbook.xml",
            f"<workbook xmlns='{main}' xmlns:r='{links}'>{settings}"
            "<sheets><sheet name='名册' sheetId='1' r:id='s'/></sheets></workbook>",
        )
        if shared is not None:
            relations.append(("t", "sharedStrings", "sharedStrings.xml"))
            archive.writestr("xl/sharedStrings.xml", f"<sst xmlns='{main}'>{shared}</sst>")
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(links, relations))
        archive.writestr(
            "xl/styles.xml",
            f"<styleSheet xmlns='{main}'><numFmts>{own_formats}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>",
        )
        archive.writestr("xl/worksheets/sheet1.xml", f"<{p}worksheet {xmlns}='{main}'>{body}</{p}worksheet>")
    return path


def _relations(links, found):
    inside = "".join(f"<Relationship Id='{i}' Type='{links}/{kind}' Target='{to}'/>" for i, kind, to in found)
    return f"<Relationships xmlns='{PACKAGE}'>{inside}</Relationships>"


def _at(address):
    return f" r='{address}'" if address else ""
