"""Quotes that are missing, lost, or written with other signs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.assist.fixes.fix import Case, Edit, Fix, in_quotes, whole_line, without_remark

_SMART = str.maketrans("“”‘’＂", '""\'\'"')
_IN_CURLY = re.compile(r"[“‘]([^“”‘’\n]+)[”’](?=\s*(?:[,}\]]|#|$))", re.MULTILINE)
_FOR_PEOPLE = re.compile(r"(?:说明|原句|题名|标题|为什么|未写明|原因)\s*:")
_COLON_IN_TEXT = re.compile(r"(?<=: )([^\"'{},\[\]:]+:\s[^\"'{},\[\]]*)(?=[,}])")
_TAGGED = re.compile(r"![^,{}\[\]\n#]*")


def cut_by_comma(case: Case) -> Iterator[Fix]:
    """The formula in quotes, so that its commas are its own."""
    start, line = case.line
    match = re.search(r"把“(.+)”切断了", case.problem.message)
    formula = match[1] if match is not None else ""
    for cut in (f"“{formula}”", formula):
        at = line.find(cut) if formula and '"' not in formula else -1
        if at >= 0:
            whole = Edit(start + at, start + at + len(cut), f'"{formula}"')
            yield Fix("给整个公式加引号", (whole,), certain=True)
            return


def quotes(case: Case) -> Iterator[Fix]:
    start, line = case.line
    match = re.match(r"^(\s*(?:- )?[^:#{}\[\]]+:\s+)(.+?)(\s+#.*|\s*)$", line)
    if match is not None and '"' not in match[2]:
        begun = start + match.end(1)
        whole = in_quotes(match[2])
        if whole is not None:
            yield Fix("给值加引号", (Edit(begun, begun + len(match[2]), whole),), certain=True)


def curly(case: Case) -> Iterator[Fix]:
    """A whole value in smart quotes, of which those outside are only quotes of YAML that were written otherwise; then
    all such values of the line, if none is a text for people.
    """
    start, line = case.line
    whole = [match for match in _IN_CURLY.finditer(line) if re.search(r"(?::|-) $|\[$", line[: match.start()])]
    here = [match for match in whole if start + match.start() == case.at]
    for found in (here, whole if here and not _FOR_PEOPLE.search(line) else []):
        if found and not any('"' in match[0] for match in found):
            ends = [at for match in found for at in (match.start(), match.end(1))]
            many = "这一行的" if len(found) > 1 else ""
            edits = tuple(Edit(start + at, start + at + 1, '"') for at in ends)
            yield Fix(f"{many}弯引号换成直引号", edits, certain=True)


def text_with_colon(case: Case) -> Iterator[Fix]:
    """A text within brackets in which a colon stands as in a key."""
    start, line = case.line
    for match in _COLON_IN_TEXT.finditer(line):
        whole = in_quotes(match[1].rstrip())
        if whole is not None:
            end = match.start(1) + len(match[1].rstrip())
            yield Fix(f"给 {match[1].strip()} 加引号", (Edit(start + match.start(1), start + end, whole),))


def straight(case: Case) -> Iterator[Fix]:
    """Quotes of a text editor for those of YAML."""
    yield from whole_line(case, case.line[1].translate(_SMART), "弯引号换成直引号")


def lost(case: Case) -> Iterator[Fix]:
    """The closing quote: before the next keyword, before the brackets that close the line, at its end."""
    start, line = case.line
    sign = case.text[case.at : case.at + 1]
    if sign not in ('"', "'"):
        return
    begun, end = case.at - start + 1, len(without_remark(line.replace(sign, " ")))
    if sign in line[begun:]:
        return
    next_key = re.search(r",\s*[^\s,:{}]+:\s", line[begun:end])
    closed = re.search(r"[}\]\s]+$", line[:end])
    places = [begun + next_key.start()] if next_key else []
    places += [closed.start()] if closed else []
    for at in dict.fromkeys((*places, end)):
        if line[begun:at].strip():
            yield Fix(f"在 {line[begun:at][-8:]} 后面补上 {sign}", (Edit(start + at, start + at, sign),))
            return


def tagged(case: Case) -> Iterator[Fix]:
    """A text that begins with ``!``."""
    match = _TAGGED.match(case.text, case.at)
    whole = in_quotes(match[0].rstrip()) if match is not None else None
    if match is not None and whole is not None:
        yield Fix("给值加引号", (Edit(case.at, case.at + len(match[0].rstrip()), whole),))


def list_as_interval(case: Case) -> Iterator[Fix]:
    """[0, 1] where an interval is wanted."""
    match = re.match(r"\[[^\[\]\n]*\]", case.text[case.at :])
    if match is not None and "区间和公式要加引号" in case.problem.hint:
        yield Fix("给区间加引号", (Edit(case.at, case.at + len(match[0]), f'"{match[0]}"'),))


def classes_in_one(case: Case) -> Iterator[Fix]:
    """[普惠、特惠]: one class where several are meant."""
    match = re.search(r"类别“([^”]+)”不行：含“[、，；]”", case.problem.message)
    at = case.text.find(match[1], case.at) if match is not None else -1
    if match is not None and at >= 0:
        apart = ", ".join(re.split(r"\s*[、，；]\s*", match[1]))
        yield Fix(f"改成 {apart}", (Edit(at, at + len(match[1]), apart),), certain=True)
