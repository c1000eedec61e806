"""A menu: questions with their options, what each option writes, and which options do not go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.language.values import Interval
from engine.rulebook.problems import Place

NUMBER, BY_CLASS, BY_CODE, BANDS, WORDS = "数", "逐类", "名单", "分档", "文字"
FILLS = (NUMBER, BY_CLASS, BY_CODE, BANDS, WORDS)
"""What an option may ask for besides its name: a number, one for each class or code or band, or words."""


@dataclass(frozen=True)
class When:
    """Chosen options, by question, that something depends on: one of each."""

    options: Mapping[str, tuple[str, ...]]

    def holds(self, chosen: Mapping[str, str]) -> bool:
        """``chosen``: the option of each question that is asked."""
        return all(chosen.get(question) in options for question, options in self.options.items())

    def __str__(self) -> str:
        return "，".join(f"{question} 是 {'、'.join(options)}" for question, options in self.options.items())


ALWAYS = When({})


@dataclass(frozen=True)
class Fill:
    """What an option asks for.

    ``within``: what a number may be; ``classes`` of 逐类; ``at``: of bands, the number for which an example is worked
    out, ``step``: how far beside a bound examples stand; ``example``: what a reader may write; ``may_wait``: the
    option may be chosen before there are figures.
    """

    kind: str
    within: Interval | None = None
    within_text: str = ""
    classes: tuple[str, ...] = ()
    at: str = ""
    step: str = "0.01"
    example: str = ""
    may_wait: bool = False


@dataclass(frozen=True)
class Addition:
    """Text for files of the region (by their name, which may hold a word), numbers and words for examples."""

    files: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    when: When = ALWAYS


@dataclass(frozen=True)
class Option:
    name: str
    place: Place
    about: str = ""
    cities: tuple[str, ...] = ()
    fill: Fill | None = None
    adds: Addition = field(default_factory=Addition)


@dataclass(frozen=True)
class Question:
    """``asks``: in the words of an officer; ``wording``: how measures write it; ``only``: when it is asked at all.

    ``shared``: the usual answer is what the shared rules say, so that nothing is written where nobody says it.
    """

    name: str
    place: Place
    asks: str
    wording: str
    options: tuple[Option, ...]
    usual: str
    only: When = ALWAYS
    part: str = ""
    shared: bool = False

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)

    @property
    def usual_option(self) -> str:
        """The name of the usual option; where the usual is a number, of the option that it is for."""
        named = next((option.name for option in self.options if option.name == self.usual), None)
        inside = next((option.name for option in self.options if f"{{{option.name}:" in self.usual), None)
        filled = next((option.name for option in self.options if option.fill is not None), self.options[0].name)
        return named or inside or filled


@dataclass(frozen=True)
class Clash:
    """Options that do not go together, and why."""

    when: When
    because: str


@dataclass(frozen=True)
class Menu:
    """``measure``: what the text is called until somebody says so; ``before``: words and numbers that options may say
    anew; ``after``: what some options write together.
    """

    scheme: str
    title: str
    measure: str
    questions: tuple[Question, ...]
    before: tuple[Addition, ...] = ()
    after: tuple[Addition, ...] = ()
    clashes: tuple[Clash, ...] = ()

    def question(self, name: str) -> Question | None:
        return next((question for question in self.questions if question.name == name), None)
