"""The menu on a terminal: an empty line is the usual answer, a number or name chooses, what is wrong is asked again."""

from __future__ import annotations

from engine.commands.asking import ask, which_scheme
from engine.menu.answers import chosen
from engine.menu.model import Menu
from tests.menu.regions import SCHEMES, menu


class Desk:
    """Stands in for the screen: ``typed`` by what is asked (a part of it), in order; anything else is left empty."""

    def __init__(self, typed: dict[str, list[str]]) -> None:
        self.typed = {part: list(lines) for part, lines in typed.items()}
        self.shown: list[str] = []

    def print(self, text: str = "", **style: object) -> None:
        self.shown.append(text)

    def input(self, text: str) -> str:
        asked = "\n".join(self.shown[self._last_question() :]) + text
        for part, lines in self.typed.items():
            if part in asked and lines:
                return lines.pop(0)
        return ""

    def _last_question(self) -> int:
        return max((place for place, line in enumerate(self.shown) if "[bold]" in line), default=0)


def asked(menu: Menu, typed: dict[str, list[str]]) -> tuple[dict[str, str], Desk]:
    desk = Desk(typed)
    made = ask(menu, desk)  # type: ignore[arg-type]
    assert not any(desk.typed.values()), "everything was asked for"
    return {question: answer.text for question, answer in made.chosen.items()}, desk


def test_empty_lines_are_the_usual_answers() -> None:
    for scheme in SCHEMES:
        answers, _ = asked(menu(scheme), {})
        assert answers == {name: answer.text for name, answer in chosen(menu(scheme), None).chosen.items()}


def test_a_number_a_name_and_figures_choose() -> None:
    answers, _ = asked(
        menu("drg-points"),
        {
            "低于多少倍是低倍率": ["0.3"],
            "高于多少倍是高倍率": ["≤ 1: 3，其余: 2"],
            "高倍率病例的点数怎样算": ["乙"],
            "费用和什么比": ["2"],
            "调节系数（医疗机构系数、级别系数）按什么公布": ["2", "三级: 1.1，二级: 1"],
        },
    )
    assert answers["低倍率界值"] == "倍数：0.3"
    assert answers["高倍率界值"] == "按权重：≤ 1 3，> 1 2"
    assert (answers["高倍率点数"], answers["倍率以什么为底"]) == ("乙", "病组支付标准")
    assert answers["系数公布"] == "按级别：三级 1.1，二级 1"


def test_what_is_wrong_is_told_and_asked_again() -> None:
    answers, desk = asked(
        menu("drg-points"),
        {"低于多少倍是低倍率": ["40", "倍", "1"], "费用和什么比": ["7", "1"], "要先从住院总费用里除去": ["又"]},
    )
    assert (answers["低倍率界值"], answers["倍率以什么为底"]) == ("倍数：1", "病组次均费用")
    told = "\n".join(desk.shown)
    assert all(part in told for part in ("40 不在", "没有“7”这一项", "没有“又”这一项"))


def test_options_that_do_not_go_together_are_asked_again() -> None:
    answers, desk = asked(
        menu("drg-points"),
        {"只算每个病例付多少": ["病例"], "点值是公布的": ["清算时算出", "{职工: 10, 居民: 9}"]},
    )
    assert answers["点值"] == "公布：职工 10，居民 9"
    assert "不能一起选" in "\n".join(desk.shown)


def test_the_way_of_payment_is_asked_first() -> None:
    titles = {name: menu(name).title for name in SCHEMES}
    for typed, name in (([""], "drg-points"), (["按床日"], "bed-day"), (["9", "dip"], "dip")):
        assert which_scheme(titles, "drg-points", Desk({"按什么付费": typed})) == name  # type: ignore[arg-type]
