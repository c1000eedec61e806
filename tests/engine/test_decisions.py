"""A value on its way tells each decision: which branch, which row, and where a value lay beside a bound, unrounded."""

from __future__ import annotations

from pathlib import Path

import pytest
from city import city

from engine.language import tree
from engine.testing.price import price

RULES = """
费率:
  粒度: 行程
  单位: 比例
  表:
    - {里程: "≤ 50", 费率: 100%}
    - {里程: "(50, 80]", 费率: 50%}
    - {里程: "> 80", 费率: 20%}
计费里程: {粒度: 行程, 单位: 个, 舍入: 0, 公式: '较小(里程, 60)'}
不低于: {粒度: 行程, 单位: 个, 公式: '取高(里程, 30, 60)'}
限在: {粒度: 行程, 单位: 个, 公式: '限定(里程, 20, 40)'}
远近: {粒度: 行程, 类别: [远, 近], 公式: '若(里程 > 60, 远, 近)'}
折算里程: {粒度: 行程, 单位: 个, 公式: '逐段(费率, 里程)'}
明细: {粒度: 行程, 列: [计费里程, 不低于, 限在, 远近, 折算里程]}
结算: {期间: 年, 报表: [明细]}
"""


class Heard:
    """What one value of one row decides: (function or sign, end, side)."""

    def __init__(self) -> None:
        self.bounds: list[tuple[str, str, int]] = []

    def branch(self, what: str, name: str, place: object, applied: object) -> None:
        pass

    def bound(self, formula: str, node: object, end: str, side: int) -> None:
        word = node.function if isinstance(node, tree.Call) else getattr(node, "op", type(node).__name__)
        self.bounds.append((word, end, side))


@pytest.mark.parametrize(
    ("name", "mileage", "decided"),
    [
        ("计费里程", "59.9", [("较小", "1", -1)]),
        ("计费里程", "60", [("较小", "1", 0)]),
        ("计费里程", "60.1", [("较小", "1", 1)]),  # rounded, both are 60
        ("不低于", "45", [("取高", "1", 1), ("取高", "2", -1)]),
        ("限在", "19", [("限定", "low", -1), ("限定", "high", -1)]),
        ("限在", "40", [("限定", "low", 1), ("限定", "high", 0)]),
        ("远近", "60", [(">", "", 0), ("若", "", -1)]),
        ("远近", "61", [(">", "", 1), ("若", "", 1)]),
    ],
)
def test_a_formula_tells_which_way_it_went(tmp_path: Path, name: str, mileage: str, decided: list) -> None:
    heard = Heard()
    price(city(tmp_path, RULES).book(), {"里程": mileage}, [name], watcher=heard)
    assert heard.bounds == decided


def test_bands_tell_where_the_variable_ends_beside_each_of_their_ends(tmp_path: Path) -> None:
    heard = Heard()
    found = price(city(tmp_path, RULES).book(), {"里程": "80"}, ["折算里程"], watcher=heard)
    assert found == {"折算里程": 65}
    assert [(end, side) for _, end, side in heard.bounds] == [("high", 1), ("low", 1), ("high", 0), ("low", 0)]
