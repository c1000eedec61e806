"""One HTML file: the text of each measure on the left, the rules that state it on the right. No script, no network."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib import resources

from engine.measure.cited import Cited
from engine.measure.compared import NONE, NOT_COMPUTED, STATED, Articles, Compared, Stating, Unit
from engine.measure.excerpts import Excerpts
from engine.measure.marks import ANNEX, CHAPTER, PARAGRAPH, SECTION
from engine.measure.marks import PART as BOOK
from engine.measure.outline import Part

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_CLASS = {STATED: "stated", NOT_COMPUTED: "without", NONE: "none"}
_HEADINGS = (BOOK, CHAPTER, SECTION, ANNEX)


def page_of(found: Articles) -> str:
    """The whole page. Everything that comes from a file is escaped."""
    style = resources.files("engine.measure").joinpath("page.css").read_text("utf-8")
    title = f"{found.book.title}：办法和规则对照"
    body = "\n".join(_body(found, title))
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _body(found: Articles, title: str) -> Iterator[str]:
    day = max(found.book.as_of or found.book.epochs[-1], found.book.start)
    yield f"<header><h1>{escape(title)}</h1>"
    example = "。示例：含虚拟的数" if found.book.example else ""
    yield f'<p class="about">左边是办法的原文，右边是依据它的规则；{day} 的规则{example}。</p></header>'
    yield "<main>"
    excerpts = Excerpts(found.book.files)
    for number, one in enumerate(found.compared):
        yield from _document(one, f"d{number}", excerpts)
    if found.without:
        names = "、".join(f"{document.name}（{document.title}）" for document, _ in found.without)
        yield f'<h2>没有原文的文件</h2><p class="about">没有核对：{escape(names)}</p>'
    yield "</main>"


def _document(one: Compared, anchor: str, excerpts: Excerpts) -> Iterator[str]:
    yield f"<section><h2>{escape(one.document.title)}</h2>"
    counts = "，".join(f"{state} {one.count(state)}" for state in (STATED, NOT_COMPUTED, NONE))
    yield f'<p class="about">依据里写作 {escape(one.document.name)}；{len(one.units)} 条：{counts}</p>'
    if one.amiss:
        yield f'<div class="amiss"><h3>对不上的 {len(one.amiss)} 处</h3><ul>'
        for amiss in one.amiss:
            cure = escape(f"{amiss.place}　{amiss.hint}")
            yield f'<li>{escape(amiss.message)}<br><span class="cure">{cure}</span></li>'
        yield "</ul></div>"
    yield f'<nav aria-label="条款"><ul class="index">{"".join(_index(one, anchor))}</ul></nav>'
    units = {unit.part.index: unit for unit in one.units}
    inside = {index for unit in one.units for index in range(unit.part.index, unit.part.end)}
    written: set[tuple[str, str]] = set()
    for part in one.outline.parts:
        if part.index in units:
            yield from _article(one, units[part.index], anchor, excerpts, written)
        elif part.index not in inside:
            yield _outside(part, anchor)
    if one.whole:
        names = "、".join(dict.fromkeys(cited.shown for cited in one.whole))
        yield f'<p class="about">只写了文件、没有写条款的：{escape(names)}</p>'
    yield "</section>"


def _index(one: Compared, anchor: str) -> Iterator[str]:
    for unit in one.units:
        state = f'<span class="state {_CLASS[unit.state]}">{unit.state}</span>'
        yield f'<li><a href="#{anchor}-{unit.part.index}">{escape(one.outline.address(unit.part))}</a>{state}</li>'


def _outside(part: Part, anchor: str) -> str:
    where = f'id="{anchor}-{part.index}"'
    if part.kind in _HEADINGS or part.kind != PARAGRAPH:
        return f'<h3 class="chapter" {where}>{escape(part.text)}</h3>'
    return f'<div class="text"><p class="outside" {where}>{escape(part.text)}</p></div>'


def _article(
    one: Compared, unit: Unit, anchor: str, excerpts: Excerpts, written: set[tuple[str, str]]
) -> Iterator[str]:
    state = f'<span class="state {_CLASS[unit.state]}">{unit.state}</span>'
    yield f"<article><h4>{escape(one.outline.address(unit.part))}{state}</h4>"
    yield '<div class="text">'
    top = unit.part.depth
    for part in (unit.part, *one.outline.below(unit.part)):
        steps = sum(one.outline.parts[index].depth >= top for index in part.above)
        depth = ' class="in"' if steps == 1 else ' class="deep"' if steps > 1 else ""
        yield f'<p id="{anchor}-{part.index}"{depth}>{escape(part.text)}</p>'
    yield '</div><div class="rules">'
    for stating in unit.stated:
        yield from _entry(one, stating, anchor, excerpts, written)
    if unit.reason is not None:
        yield f'<p class="about">不计算：{escape(unit.reason)}</p>'
    elif not unit.stated:
        said = "没有规则写这一条"
        if unit.above:
            names = "、".join(dict.fromkeys(cited.shown for cited in unit.above))
            said += f"；只写到章的：{names}"
        yield f'<p class="about">{escape(said)}</p>'
    yield "</div></article>"


def _entry(
    one: Compared, stating: Stating, anchor: str, excerpts: Excerpts, written: set[tuple[str, str]]
) -> Iterator[str]:
    cited = stating.cited
    addresses = "、".join(
        f'<a href="#{anchor}-{part.index}">{escape(one.outline.address(part))}</a>' for part in stating.parts
    )
    place = f"{cited.raw.place.file}:{cited.raw.place.line}"
    replaced = "；后来由别的规定替换了" if cited.replaced else ""
    yield f'<div class="entry"><span class="name">{escape(cited.shown)}</span> '
    yield f'<span class="cite">依据 {addresses}；{escape(place)}{replaced}{escape(_sure(cited))}</span>'
    if cited.quote is not None:
        yield f"<blockquote>{escape(' '.join(cited.quote.text.split()))}</blockquote>"
    text = excerpts.of(cited.raw)
    if text:
        shown = f"<pre>{escape(text)}</pre>"
        again = (one.document.name, f"{place} {cited.name}")
        yield f"<details><summary>规则原样（上面也有）</summary>{shown}</details>" if again in written else shown
        written.add(again)
    yield "</div>"


def _sure(cited: Cited) -> str:
    """What is not 正式 says so."""
    from engine.rulebook.written import text_of

    status = text_of(cited.raw.body.get("状态")) or cited.raw.status
    return f"；{status}" if status and status != "正式" else ""
