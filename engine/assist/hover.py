"""What is told of a name, a keyword or a function that the cursor is on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from engine.assist.articles import cite_at, cited
from engine.assist.examples import examples_of
from engine.assist.find import name_in_rows
from engine.assist.keys import places
from engine.assist.offered import Asked, names_known
from engine.assist.reached import Reached
from engine.assist.spot import KEY, VALUE, spot
from engine.assist.told_of_words import about_function, of_a_word
from engine.assist.uses import use_at
from engine.assist.words import MEANINGS
from engine.language.functions import FUNCTIONS
from engine.names.named import CHANGES, Named
from engine.rulebook.book import Book
from engine.rulebook.history import history
from engine.rulebook.keywords import KEYWORDS, PLACES
from engine.rulebook.unread_files import is_example

MOST_READERS = 8


@dataclass(frozen=True)
class Told:
    """``lines`` about ``text[start:end]``, the first of them what it is."""

    start: int
    end: int
    lines: tuple[str, ...]


def hover(
    book: Book, path: Path, text: str, offset: int, day: datetime.date, reached: Reached | None = None
) -> Told | None:
    """What is at ``offset`` of a file whose text is ``text``; ``None`` where there is nothing to tell.

    ``reached``: what the examples reached when they ran last.
    """
    if path.suffix.lower() == ".csv":
        return _in_rows(book, path, text, offset, day, reached)
    of_examples = is_example(path, book.folder)
    cite = cite_at(text, offset)
    if cite is not None:
        articles = cited(book, cite.cite)
        return Told(cite.start, cite.end, tuple(said for one in articles for said in (one.title, *one.lines)))
    use = use_at(text, offset, of_examples)
    if use is not None:
        known = [one for one in names_known(book, day) if one.name == use.name or use.name in one.also_called]
        if known:
            return Told(use.start, use.end, tuple(line for one in known for line in about_name(book, one, reached)))
    word, start, end = _word(text, offset)
    having = [one for one in names_known(book, day) if word in one.classes]
    if having:
        return Told(start, end, (f"{word}：类别", *(f"{one.name} 的一种：{'、'.join(one.classes)}" for one in having)))
    at = spot(text, end)
    if at.role == KEY and at.before.strip("\"'") == word:
        where = ("test",) if of_examples else places(path.name, at.path, at.beside)
        for keyword in KEYWORDS:
            if keyword.word == word and (found := [place for place in where if place in keyword.places]):
                return Told(start, end, (f"{word}：{PLACES[found[0]]}的关键字", keyword.description))
    told = of_a_word(Asked(book, path, at, text, day), offset)
    if told is not None:
        return Told(*told)
    if word in FUNCTIONS and at.role == VALUE:
        return Told(start, end, about_function(FUNCTIONS[word]))
    return Told(start, end, (word, MEANINGS[word])) if word in MEANINGS and at.role == VALUE else None


def _in_rows(
    book: Book, path: Path, text: str, offset: int, day: datetime.date, reached: Reached | None
) -> Told | None:
    use = name_in_rows(book, path, text, offset)
    known = [one for one in names_known(book, day) if use is not None and one.name == use.name]
    if use is None or not known:
        told = of_a_word(Asked(book, path, spot(text, _word(text, offset)[2]), text, day), offset)
        return Told(*told) if told is not None else None
    return Told(use.start, use.end, tuple(line for one in known for line in about_name(book, one, reached)))


def about_name(book: Book, one: Named, reached: Reached | None = None) -> list[str]:
    """Meaning, unit, formula or figure, article, other figures, readers, examples, what a region may do."""
    lines = [f"{one.name}：{one.what}" + (f"（{one.status}）" if one.status != "正式" else "")]
    if one.meaning:
        lines.append(one.meaning)
    if one.classes:
        lines.append(f"类别：{'、'.join(one.classes)}")
    if one.value:
        since = f"（自 {one.since} 起）" if one.since else ""
        lines.append(f"{'现在的数' if one.kind == '参数' else '内容'}：{one.value}{since}")
    lines += [f"  {line}" for line in one.definition]
    lines += [f"自 {day} 起：{value}" for day, value in one.coming]
    if one.cites:
        lines.append(f"依据：{'；'.join(one.cites)}")
    earlier = [event for event in history(book, one.name) if event.text and event.how != "新写"]
    lines += [f"{event.how} 自 {event.start or '施行之日'} 起：{event.text}〔{event.layer}〕" for event in earlier]
    if one.also_called:
        lines.append(f"又名：{'、'.join(one.also_called)}")
    if one.readers:
        more = f" 等 {len(one.readers)} 个" if len(one.readers) > MOST_READERS else ""
        lines.append(f"用到它的：{'、'.join(one.readers[:MOST_READERS])}{more}")
    examples = examples_of(book, one.name)
    if examples:
        compared = sum(example.compares for example in examples)
        lines.append(f"例子：{len(examples)} 个提到它，{compared} 个比较它算出的值")
    if reached is not None:
        lines += reached.lines(one.name)
    lines.append(f"{one.change}：{one.change_note or CHANGES[one.change]}")
    lines.append(f"{one.place}〔{one.layer_title}〕")
    return lines


def _word(text: str, offset: int) -> tuple[str, int, int]:
    start = end = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return text[start:end], start, end
