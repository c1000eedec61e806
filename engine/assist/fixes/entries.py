"""A keyword more or less beside an entry, or an entry moved below 替换."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.assist.fixes.fix import Case, Edit, Fix
from engine.rulebook.layers import shown
from engine.rulebook.spans import Written, written


def source(case: Case) -> Iterator[Fix]:
    """依据 with each document that is registered, those of the file's own layer first; the article is left to the
    writer. At the head of a file where it has none.
    """
    start, line = case.line
    every = case.book.layers if case.book is not None else []
    layers = sorted(every, key=lambda layer: not case.problem.place.file.startswith(shown(layer.folder)))
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


def for_the_record(case: Case) -> Iterator[Fix]:
    yield from put_in(*case.line, case.text, "留着备查：备查: 是", "备查: 是")


def classes(case: Case) -> Iterator[Fix]:
    """类别 of words that are given and are no names."""
    match = re.search(r"要给出类别，写 (类别: \[[^\]]+\])", case.problem.hint)
    head = _head(case) if match is not None else None
    if match is not None and head is not None:
        yield from put_in(*head, case.text, f"写上 {match[1]}", match[1])


def in_effect(case: Case) -> Iterator[Fix]:
    """Dates before a notice is in force: from that day, or 追溯."""
    match = re.search(r"日期写 (\d{4}-\d\d-\d\d)（或写 施行）", case.problem.hint)
    word = re.match(r"\d{4}-\d\d-\d\d", case.text[case.at :])
    head = _head(case)
    if match is None or head is None:
        return
    if word is not None:
        yield Fix(f"改成 {match[1]}：自通知施行起", (Edit(case.at, case.at + len(word[0]), match[1]),))
    yield from put_in(*head, case.text, "写上 追溯: 是：管到施行以前", "追溯: 是")


def not_wanted(case: Case) -> Iterator[Fix]:
    """删去 a keyword that the problem names, with what it says."""
    match = re.search(r"删去 (追溯|舍入|否则)", case.problem.hint)
    found = _parent(case, match[1]) if match is not None else None
    if match is not None and found is not None:
        yield Fix(f"删去 {match[1]}", (_gone(case.text, *found),))


def under_replace(case: Case) -> Iterator[Fix]:
    """The entry of a layer below, written anew: it goes below 替换."""
    root = written(case.text)
    if root is None or "写在 替换 下面" not in case.problem.hint:
        return
    place = next((place for place, (key, _) in enumerate(root.entries) if key.start == case.at), None)
    if place is None:
        return
    below = root.get("替换")
    key, value = root.entries[place]
    last = case.text.find("\n", max(value.end - 1, key.end))
    end = len(case.text) if last < 0 else last + 1
    body = case.text[key.start : end].rstrip("\n")
    step = "  "
    if below is not None and below.kind == "mapping" and below.entries and not below.flow:
        at = below.entries[0][0].start
        step = " " * (at - case.text.rfind("\n", 0, at) - 1)
        moved = f"{step}{body}\n".replace("\n", f"\n{step}").removesuffix(step)
        start = at - len(step)
        yield Fix("移到 替换 下面", (Edit(start, start, moved), Edit(key.start, end, "")))
    elif below is None:
        moved = f"替换:\n{step}{body}".replace("\n", f"\n{step}").replace(f"\n{step}{step}", f"\n{step}", 1)
        yield Fix("写在 替换 下面", (Edit(key.start, key.start + len(body), moved),))


def out_of_replace(case: Case) -> Iterator[Fix]:
    """What is below 替换 and replaces nothing is an entry of its own, behind those that do."""
    root = written(case.text)
    below = root.get("替换") if root is not None else None
    if (
        below is None
        or below.flow
        or "不放在 替换 下面" not in case.problem.hint
        or "不是一个条目" in case.problem.message
    ):
        return
    place = next((place for place, (key, _) in enumerate(below.entries) if key.start == case.at), None)
    if root is None or place is None:
        return
    gone = _gone(case.text, below, place)
    step = case.at - case.text.rfind("\n", 0, case.at) - 1
    own = re.sub(rf"^ {{{step}}}", "", case.text[gone.start : gone.end], flags=re.MULTILINE)
    last = max(below.entries[-1][1].end, below.entries[-1][0].end)
    stop = case.text.find("\n", last - 1)
    at = len(case.text) if stop < 0 else stop + 1
    edits = [gone, Edit(at, at, own if stop >= 0 else f"\n{own}")]
    if len(below.entries) == 1:
        head = root.key("替换")
        start = head.start if head is not None else gone.start
        edits = [Edit(start, gone.end, ""), edits[1]]
    yield Fix("移到 替换 外面：它是新的一条", tuple(edits))


def grain_of_field(case: Case) -> Iterator[Fix]:
    """粒度 that is a field: a grain of that field is made, and named instead."""
    match = re.search(r"先立一个粒度，如 ((\S+): \{键: \[(\S+)\]\})", case.problem.hint)
    head = _head(case)
    if match is not None and head is not None and case.text.startswith(match[3], case.at):
        edits = (Edit(head[0], head[0], f"{match[1]}\n"), Edit(case.at, case.at + len(match[3]), match[2]))
        yield Fix(f"立一个粒度 {match[2]}", edits)


def same_twice(case: Case) -> Iterator[Fix]:
    """One of two entries that say the same."""
    root = written(case.text)
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        waiting += [value for _, value in node.entries] + node.items
        for place, (key, value) in enumerate(node.entries):
            if key.start == case.at:
                before = [other for name, other in node.entries[:place] if name.value == key.value]
                if before and _said(before[0]) == _said(value):
                    yield Fix("删去这一处（和前面写的一样）", (_gone(case.text, node, place),))


def otherwise_last(case: Case) -> Iterator[Fix]:
    """否则 behind the other cases."""
    found = _parent(case, "否则")
    if found is None or "把 否则 写在最后" not in case.problem.hint:
        return
    node, place = found
    edit = _gone(case.text, node, place)
    key, value = node.entries[place]
    last = node.entries[-1][1]
    if node.flow:
        said = f", {case.text[key.start : value.end]}"
        yield Fix("把 否则 移到最后", (edit, Edit(last.end, last.end, said)))
    else:
        stop = case.text.find("\n", last.end - 1)
        at = len(case.text) if stop < 0 else stop + 1
        lead = "" if stop >= 0 else "\n"
        yield Fix("把 否则 移到最后", (edit, Edit(at, at, lead + case.text[edit.start : edit.end])))


def _head(case: Case) -> tuple[int, str] | None:
    """The line at which the entry of the file begins that the place is in."""
    root = written(case.text)
    for key, value in root.entries if root is not None else ():
        inner = value.entries if key.value == "替换" else [(key, value)]
        for name, body in inner:
            if name.start <= case.at < max(body.end, name.end):
                start = case.text.rfind("\n", 0, name.start) + 1
                return start, case.text[start : case.text.find("\n", name.start)]
    return None


def _parent(case: Case, keyword: str) -> tuple[Written, int] | None:
    """The innermost mapping that the place is in and that has the keyword, and where it has it."""
    found = None
    node = written(case.text)
    while node is not None:
        place = next((place for place, (key, _) in enumerate(node.entries) if key.value == keyword), None)
        found = (node, place) if place is not None else found
        inner = [value for key, value in node.entries if key.start <= case.at < max(value.end, key.end)]
        node = next(iter([*inner, *(one for one in node.items if one.start <= case.at < one.end)]), None)
    return found


def _gone(text: str, node: Written, place: int) -> Edit:
    """An entry of a mapping without which it goes on: its lines, or its part within brackets with one comma."""
    key, value = node.entries[place]
    end = max(key.end, value.end)
    if not node.flow:
        start = text.rfind("\n", 0, key.start) + 1
        stop = text.find("\n", end - 1 if text[end - 1 : end] == "\n" else end)
        return Edit(start, len(text) if stop < 0 else stop + 1, "")
    if place:
        return Edit(max(node.entries[place - 1][0].end, node.entries[place - 1][1].end), end, "")
    following = node.entries[1][0].start if len(node.entries) > 1 else end
    return Edit(key.start, following, "")


def _said(node: Written) -> object:
    if node.kind == "scalar":
        return node.value
    return [(key.value, _said(value)) for key, value in node.entries] or [_said(item) for item in node.items]
