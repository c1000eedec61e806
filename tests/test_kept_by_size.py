"""What is kept of texts: not more than so many characters of them, whatever is asked."""

from __future__ import annotations

import weakref

import pytest

from engine.files.kept_by_size import kept_by_size


class Told:
    """What was worked out of a text."""

    def __init__(self, text: str) -> None:
        self.text = text


@pytest.fixture
def made() -> list[weakref.ref[Told]]:
    return []


def test_the_same_is_worked_out_once_and_what_was_asked_longest_ago_goes_first(made: list[weakref.ref[Told]]) -> None:
    @kept_by_size(100)
    def told(text: str, kind: str = "") -> Told:
        found = Told(text + kind)
        made.append(weakref.ref(found))
        return found

    texts = [f"{number}".ljust(10) for number in range(10)]
    for text in texts:
        told(text)
    assert told(texts[0]) is told(texts[0]) and len(made) == 10
    assert told(texts[0], kind="别的").text != told(texts[0]).text  # and the second, asked longest ago, is gone
    assert [number for number, one in enumerate(made) if one() is None] == [1]
    assert told(texts[0]) is made[0]() and told(texts[1]) is not None and len(made) == 12


def test_a_thousand_states_of_a_text_leave_no_more_than_the_last(made: list[weakref.ref[Told]]) -> None:
    @kept_by_size(100)
    def told(text: str) -> Told:
        found = Told(text)
        made.append(weakref.ref(found))
        return found

    for number in range(1000):
        told(f"{number:010}")
    assert sum(one() is not None for one in made) == 10
    told("x" * 11)
    assert made[-1]() is None and sum(one() is not None for one in made) == 10
