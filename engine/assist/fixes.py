"""What would mend a problem that has one cure: small changes of the text, each with a title that says what it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engine.assist.spot import inside_texts
from engine.rulebook.book import Book
from engine.rulebook.layers import shown
from engine.rulebook.problems import Problem
from engine.rulebook.spans import written

_MEANT = re.compile(r"是不是[ “]?([^”？]+?)”?？")
_NAME = re.compile(r"[\w.]+")
_WRITE = (
    re.compile(r"写成 ?“(没有 [^”]+)”"),
    re.compile(r"^写成“([^”]+)”$"),
    re.compile(r"(?:简体字写：)(\S+)"),
    re.compile(r"写成 (“[^”]+”|[^；，]+)"),
    re.compile(r"[：:]写 ([^\s；，]+)$"),
    re.compile(r"^写 (\S)$"),
    re.compile(r"其余的情形写 (否则)$"),
)
_MAY_BE_WRITTEN = re.compile(r"[\w \[\]–.><=≤≥≠×÷+−]+|“[^”]+”")
"""A name, a sign, a formula of names: no sentence."""
_NOT_RIGHT = (
    re.compile(r"类别 (.+?) 不是一个词"),
    re.compile(r"写的(?:却是文字|是)“([^”]+)”"),
    re.compile(r"没有 (\S+?) 这"),
    re.compile(r"指向的表 (\S+) 不存在"),
    re.compile(r"不用文字“([^”]+)”"),
    re.compile(r"没有“([^”]+)”的写法"),
    re.compile(r"依据“([^”]+)”"),
    re.compile(r"的“[^”]+”里的“([^”]+)”不是"),
)
_LINE_WITH_COLON = re.compile(r"^(\s*(?:- )?)([^\s:：{}\[\]\"'#][^:：{}\[\]\"'#]*?)\s*：\s*")
_AT_KEY = r"""((?:^\s*(?:- )?|[{,]\s*)[^\s:：{}\[\],，"'#][^:：{}\[\],，"'#]*?)"""
_TIGHT = re.compile(_AT_KEY + r":(?=[^\s/:])")
_WIDE_COLON = re.compile(_AT_KEY + r"\s*：\s*")
_COMMA_BEFORE_KEY = re.compile(r"""，\s*(?=[^\s:：{}\[\],，"'#][^:：{}\[\],，"'#]*[:：])""")
_IN_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_STRANGE_BLANKS = re.compile(r":[^\S \t\r\n]+")
_SMART = str.maketrans("“”‘’＂", '""\'\'"')
_IN_CURLY = re.compile(r"[“‘]([^“”‘’\n]+)[”’](?=\s*(?:[,}\]]|#|$))")
_FULL_WIDTH = str.maketrans("｛｝［］【】", "{}[][]")


@dataclass(frozen=True)
class Edit:
    """``text[start:end]`` of the file becomes ``new``."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Fix:
    title: str
    edits: tuple[Edit, ...]

    def applied(self, text: str) -> str:
        for edit in sorted(self.edits, key=lambda one: -one.start):
            text = text[: edit.start] + edit.new + text[edit.end :]
        return text


def fixes(book: Book, problem: Problem, text: str, again: Callable[[str], Sequence[Problem]]) -> list[Fix]:
    """What mends ``problem`` in the file that it is about, whose text is ``text``; most likely first.

    ``again``: the problems of the region with another text of that file. Offered is only what leaves fewer problems of
    the kind in the file, and no more errors than there were; where a file could not be read, others may come to light.
    """
    before: Sequence[Problem] = ()
    found = []
    for fix in tried(book, problem, text):
        before = before or again(text)
        after = again(fix.applied(text))
        fewer = _alike(after, problem) < _alike(before, problem)
        if fewer and (problem.code in _HIDING or _errors(after) <= _errors(before)):
            found.append(fix)
    return found


def _alike(problems: Sequence[Problem], problem: Problem) -> int:
    return sum((one.code, one.place.file) == (problem.code, problem.place.file) for one in problems)


def _errors(problems: Sequence[Problem]) -> int:
    return sum(one.is_error for one in problems)


def tried(book: Book, problem: Problem, text: str) -> list[Fix]:
    """What may mend it."""
    at = offset_of(text, problem)
    if at is None:
        return []
    found: list[Fix] = []
    for fixer in _BY_CODE.get(problem.code, (_meant, _as_told)):
        found += fixer(_Case(book, problem, text, at))
    return list(dict.fromkeys(found))


def offset_of(text: str, problem: Problem) -> int | None:
    """Where a problem stands in the text of its file; ``None`` where it has no line."""
    place = problem.place
    if not place.line:
        return None
    lines = text.split("\n")
    if place.line > len(lines):
        return len(text)
    begun = sum(len(line) + 1 for line in lines[: place.line - 1])
    return min(begun + max(place.column, 1) - 1, begun + len(lines[place.line - 1]))


@dataclass(frozen=True)
class _Case:
    book: Book
    problem: Problem
    text: str
    at: int

    @property
    def line(self) -> tuple[int, str]:
        """Where the line begins, and the line."""
        start = self.text.rfind("\n", 0, self.at) + 1
        stop = self.text.find("\n", start)
        return start, self.text[start : len(self.text) if stop < 0 else stop]


_HIDING = frozenset(("E104", "E105", "E106", "E107", "E108", "E110", "E113", "E115"))
"""What keeps a file from being read, so that the rest of it is not looked at."""
_Fixer = Callable[[_Case], Iterator[Fix]]


def _meant(case: _Case) -> Iterator[Fix]:
    """The nearest names or words, where the problem tells them."""
    match = _MEANT.search(case.problem.hint)
    if match is None:
        return
    for meant in match[1].removesuffix(" 中的一个").split("、"):
        wrong = [meant.replace(" ", "")] if " " in meant.strip() else _wrong(case)
        yield from _replaced(case, wrong, meant.strip())


def _as_told(case: _Case) -> Iterator[Fix]:
    """写成 …, 写 …: what the problem says is to be written instead."""
    for text in (case.problem.hint, case.problem.message):
        for pattern in _WRITE:
            match = pattern.search(text)
            if match is not None and _MAY_BE_WRITTEN.fullmatch(match[1].strip()):
                yield from _replaced(case, _wrong(case), match[1])
                return


def _choices(case: _Case) -> Iterator[Fix]:
    """Each of the words that may stand there."""
    match = re.search(r"只能写 ([^，]+)，", case.problem.message)
    for word in match[1].split("、") if match is not None else ():
        yield from _replaced(case, _wrong(case), word)


def _wrong(case: _Case) -> list[str]:
    """What the problem says is wrong, and the word at its place."""
    said = [match for pattern in _NOT_RIGHT for match in pattern.findall(case.problem.message + case.problem.hint)]
    word = _NAME.match(case.text, case.at)
    return [*said, word[0]] if word is not None and (not said or word[0] in case.problem.message) else said


def _replaced(case: _Case, wrong: list[str], right: str) -> Iterator[Fix]:
    """The first of the wrong words that stands in the entry from the place on."""
    end = re.compile(r"\n(?=[^\s#-])").search(case.text, case.at)
    stop = end.start() if end is not None else len(case.text)
    for word in wrong:
        at = case.text.find(word, case.at, stop) if word != right else -1
        if at >= 0:
            yield Fix(f"改成 {right}", (Edit(at, at + len(word), right),))
            return


def _cut_by_comma(case: _Case) -> Iterator[Fix]:
    """The formula in quotes, so that its commas are its own."""
    start, line = case.line
    match = re.search(r"把“(.+)”切断了", case.problem.message)
    formula = match[1] if match is not None else ""
    for cut in (f"“{formula}”", formula):
        at = line.find(cut) if formula and '"' not in formula else -1
        if at >= 0:
            yield Fix("给整个公式加引号", (Edit(start + at, start + at + len(cut), f'"{formula}"'),))
            return


def _percent(case: _Case) -> Iterator[Fix]:
    match = re.search(r"是不是 ([0-9.]+)%", case.problem.hint)
    if match is None:
        return
    at = case.text.find(match[1], case.at)
    if at >= 0 and "\n" not in case.text[case.at : at]:
        yield Fix(f"改成 {match[1]}%", (Edit(at, at + len(match[1]), f"{match[1]}%"),))


def _tab(case: _Case) -> Iterator[Fix]:
    edits = [
        Edit(match.start(), match.end(), match[0].replace("\t", "  "))
        for match in re.finditer(r"^[ \t]*\t[ \t]*", case.text, re.MULTILINE)
    ]
    yield Fix("整个文件的制表符缩进换成空格", tuple(edits))


def _full_width(case: _Case) -> Iterator[Fix]:
    start, line = case.line
    edits = []
    prose = inside_texts(case.text)
    for begun, other in _lines(case.text):
        match = _LINE_WITH_COLON.match(other) if begun not in prose else None
        if match is not None:
            edits.append(Edit(begun, begun + match.end(), f"{match[1]}{match[2].rstrip()}: "))
    if any(edit.start == start for edit in edits):
        yield Fix("全角冒号换成半角" + (f"（这个文件 {len(edits)} 处）" if len(edits) > 1 else ""), tuple(edits))
        return
    plain = _outside_quotes(line, _half_width)
    if plain != line:
        yield Fix("这一行的全角标点换成半角", (Edit(start, start + len(line), plain),))


def _half_width(part: str) -> str:
    """Brackets, the colon behind a key, commas before the next key and within a list; those of a sentence stay."""
    plain = _COMMA_BEFORE_KEY.sub(", ", part.translate(_FULL_WIDTH))
    return _WIDE_COLON.sub(r"\1: ", _IN_BRACKETS.sub(lambda match: re.sub("，\\s*", ", ", match[0]), plain))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _blank(case: _Case) -> Iterator[Fix]:
    start, line = case.line
    plain = _outside_quotes(line, lambda part: _TIGHT.sub(r"\1: ", _STRANGE_BLANKS.sub(": ", part)))
    if plain != line:
        yield Fix("冒号后面加一个空格", (Edit(start, start + len(line), plain),))


def _outside_quotes(line: str, change: Callable[[str], str]) -> str:
    parts = re.split(r"(\"[^\"]*\"|'[^']*'|“[^”]*”|#.*$)", line)
    return "".join(part if place % 2 else change(part) for place, part in enumerate(parts))


def _invisible(case: _Case) -> Iterator[Fix]:
    start, line = case.line
    sign = case.text[case.at : case.at + 1]
    if sign.strip() or sign == "\n" or not sign:
        sign = sign if sign and not sign.isprintable() else ""
    if sign:
        kept = line.replace(sign, " " if sign.isspace() else "")
        yield Fix("这一行看不见的字符去掉", (Edit(start, start + len(line), kept),))


def _quotes(case: _Case) -> Iterator[Fix]:
    start, line = case.line
    match = re.match(r"^(\s*(?:- )?[^:#{}\[\]]+:\s+)(.+?)(\s+#.*|\s*)$", line)
    if match is not None and '"' not in match[2]:
        begun = start + match.end(1)
        sign = "'" if "\\" in match[2] else '"'
        if sign not in match[2]:
            yield Fix("给值加引号", (Edit(begun, begun + len(match[2]), f"{sign}{match[2]}{sign}"),))


def _syntax(case: _Case) -> Iterator[Fix]:
    yield from _meant(case)
    start, line = case.line
    smart = line.translate(_SMART)
    if smart != line and case.problem.code in ("E108", "E115", "E104"):
        yield Fix("弯引号换成直引号", (Edit(start, start + len(line), smart),))
    yield from _as_told(case)


def _curly(case: _Case) -> Iterator[Fix]:
    """A whole value in smart quotes, of which those outside are only quotes of YAML that were written otherwise."""
    start, line = case.line
    begun = case.at - start
    match = _IN_CURLY.match(line, begun)
    if match is not None and line[:begun].endswith(": ") and '"' not in match[0]:
        edits = tuple(Edit(at, at + 1, '"') for at in (case.at, start + match.end(1)))
        yield Fix("弯引号换成直引号", edits)


def _source(case: _Case) -> Iterator[Fix]:
    """依据 with each document that is registered, those of the file's own layer first; the article is left to the
    writer. At the head of a file where it has none.
    """
    start, line = case.line
    layers = sorted(case.book.layers, key=lambda layer: not case.problem.place.file.startswith(shown(layer.folder)))
    names = dict.fromkeys(name for layer in layers for name in layer.documents)
    for name in names:
        yield from put_in(start, line, case.text, f"写上 依据: {name}（条款自己补）", f"依据: {name}")
    root = written(case.text)
    if root is not None and root.get("依据") is None:
        begun = len(case.text) - len(case.text.removeprefix("\ufeff"))
        for name in names:
            title = f"在文件开头写上 依据: {name}（整个文件都依据它；条款自己补）"
            yield Fix(title, (Edit(begun, begun, f"依据: {name}\n"),))


def put_in(start: int, line: str, text: str, title: str, said: str) -> Iterator[Fix]:
    """A keyword more for the entry whose head is a line."""
    bare = line.rstrip()
    if bare.endswith("}") and "{" in bare:
        at = start + len(bare) - 1
        yield Fix(title, (Edit(at, at, f", {said}"),))
    elif bare.endswith(":"):
        inner = text[start + len(line) + 1 :].split("\n", 1)[0]
        indent = len(inner) - len(inner.lstrip(" ")) or len(line) - len(line.lstrip(" ")) + 2
        at = start + len(bare)
        yield Fix(title, (Edit(at, at, f"\n{' ' * indent}{said}"),))
    elif bare.endswith("{"):
        yield Fix(title, (Edit(start + len(bare), start + len(bare), f"{said}, "),))


def _default(case: _Case) -> Iterator[Fix]:
    """A value that may be absent taken as 0; other cures need to know what the text means."""
    if "缺省(" not in case.problem.hint:
        return
    word = _NAME.match(case.text, case.at)
    if word is not None and re.search(rf"缺省\({re.escape(word[0])}, (0|…)\)", case.problem.hint):
        edits = [Edit(word.start(), word.end(), f"缺省({word[0]}, 0)"), *_quotes_round(case.text, word.start())]
        yield Fix(f"没有值就按 0：缺省({word[0]}, 0)", tuple(edits))


def _guard(case: _Case) -> Iterator[Fix]:
    """Asks first whether there is a value: in the clause 当 of an aggregate, or in the condition."""
    word = _NAME.match(case.text, case.at)
    if word is None:
        return
    name = word[0]
    edits: list[Edit] = []
    if f"加 当 有 {name}，" in case.problem.hint:
        title, end = f"只汇总有值的行：当 有 {name}", _end_of_call(case.text, word.end())
        when = re.search(r"(?<=[,，])\s*当\s+", case.text[word.end() : end]) if end else None
        if when is not None:
            at = word.end() + when.end()
            edits = [Edit(at, at, f"有 {name} 且 ")]
        elif end:
            edits = [Edit(end, end, f", 当 有 {name}")]
    elif f"写 有 {name} 且" in case.problem.hint:
        title = f"没有值就不成立：有 {name} 且 {name}"
        edits = [Edit(word.start(), word.end(), f"(有 {name} 且 {name})")]
    if edits:
        yield Fix(title, (*edits, *_quotes_round(case.text, word.start())))


def _end_of_call(text: str, at: int) -> int:
    """Where the bracket closes that is open at a place, on its line; 0 where none is."""
    deep = 0
    for place in range(at, len(text)):
        sign = text[place]
        if sign == "\n":
            return 0
        if sign in "(（":
            deep += 1
        elif sign in ")）":
            if not deep:
                return place
            deep -= 1
    return 0


def _quotes_round(text: str, at: int) -> Iterator[Edit]:
    """Quotes round the plain text within brackets that a comma would cut."""
    root = written(text)
    waiting = [(root, False)] if root is not None else []
    while waiting:
        node, within = waiting.pop()
        within = within or node.flow
        waiting += [(part, within) for entry in node.entries for part in entry] + [(one, within) for one in node.items]
        if node.kind == "scalar" and within and not node.style and node.start <= at < node.end:
            yield Edit(node.start, node.start, '"')
            yield Edit(node.end, node.end, '"')


def _for_the_record(case: _Case) -> Iterator[Fix]:
    yield from put_in(*case.line, case.text, "留着备查：备查: 是", "备查: 是")


_BY_CODE: dict[str, tuple[_Fixer, ...]] = {
    "E104": (_syntax,),
    "E105": (_tab,),
    "E106": (_full_width,),
    "E107": (_blank,),
    "E108": (_syntax,),
    "E110": (_cut_by_comma,),
    "E113": (_invisible,),
    "E115": (_syntax, _quotes),
    "E124": (_meant, _choices),
    "E301": (_syntax, _curly),
    "E310": (_source,),
    "E401": (_curly,),
    "E405": (_percent, _meant),
    "E601": (_default,),
    "E602": (_guard, _default),
    "E603": (_guard, _default),
    "E706": (_percent,),
    "W322": (_for_the_record,),
    "W405": (_percent,),
}
