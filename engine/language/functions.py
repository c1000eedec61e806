"""All functions of the language: signature, clauses and document text, in one table.

Binding checks calls against it, the manual is made from it, and a test keeps every engine's own table equal
to it.
"""

from __future__ import annotations

from dataclasses import dataclass

SCALAR, AGGREGATE, WINDOW, LOOKUP = "标量", "汇总", "窗口", "取值"


@dataclass(frozen=True)
class Function:
    """``arguments`` as the manual prints them; ``least``/``most`` their number (``None``: any); ``clauses``
    allowed.
    """

    name: str
    family: str
    arguments: str
    least: int
    most: int | None
    meaning: str
    english: str
    clauses: frozenset[str] = frozenset()


def _table(*rows: tuple) -> dict[str, Function]:
    return {row[0]: Function(*row) for row in rows}


_OVER = frozenset({"where", "source"})
_PARTITION = frozenset({"per", "by"})

FUNCTIONS = _table(
    ("较大", SCALAR, "a, b, …", 2, None, "最大的一个；有一个为空，结果为空", "greatest"),
    ("较小", SCALAR, "a, b, …", 2, None, "最小的一个；有一个为空，结果为空", "least"),
    ("取高", SCALAR, "a, b, …", 1, None, "有值的当中最大的；都为空，结果为空", "highest of those present"),
    ("取低", SCALAR, "a, b, …", 1, None, "有值的当中最小的；都为空，结果为空", "lowest of those present"),
    ("缺省", SCALAR, "a, b, …", 2, None, "第一个有值的；不掩盖算不出的值", "first that is present"),
    ("限定", SCALAR, "x, 下限, 上限", 3, 3, "把 x 限制在下限和上限之间", "clamp"),
    ("绝对值", SCALAR, "x", 1, 1, "去掉正负号", "absolute value"),
    ("若", SCALAR, "条件, a, b", 3, 3, "条件成立取 a，否则取 b；另一支不算", "if, lazily"),
    ("向下取整", SCALAR, "x[, 位数]", 1, 2, "不大于 x 的最近数", "floor"),
    ("向上取整", SCALAR, "x[, 位数]", 1, 2, "不小于 x 的最近数", "ceiling"),
    ("四舍五入", SCALAR, "x[, 位数]", 1, 2, "保留几位小数，半数远离零", "round half away from zero"),
    ("天数", SCALAR, "起, 止", 2, 2, "从起到止的日历天数，可为负", "calendar days between"),
    ("工作日数", SCALAR, "起, 止, 工作日字段", 3, 3,
     "起的次日到止（含）中工作日的天数", "working days between"),
    ("年", SCALAR, "日期", 1, 1, "日期或年月的年份", "year of"),
    ("月", SCALAR, "日期", 1, 1, "日期或年月的月份，1 到 12", "month of, 1 to 12"),
    ("季", SCALAR, "日期", 1, 1, "日期或年月的季度，1 到 4", "quarter of"),
    ("年月", SCALAR, "年, 月 | 日期", 1, 2, "由年和月、或由日期得到年月", "year-month"),
    ("无法确定", SCALAR, "“原因”", 1, 1, "声明这个值算不出，并说明原因", "unresolved, with a reason"),
    ("取", LOOKUP, "名, 键 = 值, …", 1, 1, "别的键上的值；没写的键照本行", "value at other keys"),
    ("合计", AGGREGATE, "x", 1, 1, "下层各行之和；一行也没有时为 0", "sum", _OVER),
    ("均值", AGGREGATE, "x", 1, 1, "下层各行的平均数", "mean", _OVER),
    ("中位数", AGGREGATE, "x", 1, 1, "排序后居中的数；偶数行取中间两数的平均", "median", _OVER),
    ("分位数", AGGREGATE, "x, p", 2, 2, "排序后 (n−1)×p 处的数，线性内插",
     "quantile, linear interpolation", _OVER),
    ("标准差", AGGREGATE, "x", 1, 1, "总体标准差；只能单独作公式，且写明舍入", "population deviation", _OVER),
    ("变异系数", AGGREGATE, "x", 1, 1, "总体标准差 ÷ 均值；只能单独作公式，且写明舍入",
     "population variation", _OVER),
    ("样本标准差", AGGREGATE, "x", 1, 1, "除以 n−1 的标准差；只能单独作公式，且写明舍入",
     "sample deviation", _OVER),
    ("样本变异系数", AGGREGATE, "x", 1, 1, "样本标准差 ÷ 均值；只能单独作公式，且写明舍入",
     "sample variation", _OVER),
    ("计数", AGGREGATE, "粒度", 1, 1, "这个粒度有多少行", "number of rows", frozenset({"where"})),
    ("去重计数", AGGREGATE, "x", 1, 1, "有多少个不同的值", "distinct count", _OVER),
    ("最大", AGGREGATE, "x", 1, 1, "下层各行中最大的", "maximum", _OVER),
    ("最小", AGGREGATE, "x", 1, 1, "下层各行中最小的", "minimum", _OVER),
    ("名次", WINDOW, "x, 从大到小|从小到大", 1, 1, "在每一组里排第几；并列按主键", "rank",
     frozenset({"per", "where", "descending"})),
    ("上一条", WINDOW, "x", 1, 1, "同组中排在本行前面一行的 x；不写 限本期 时含本期以前的行",
     "value of the row before", _PARTITION | {"history"}),
    ("累计", WINDOW, "x", 1, 1, "同组中到本行为止之和", "running sum", _PARTITION),
    ("上期", LOOKUP, "x[, 首期值]", 1, 2, "上一期的值", "value of the period before"),
    ("逐段", LOOKUP, "表规则, 变量[, 起点]", 2, 3, "变量落在各段的长度 × 该段的值，逐段相加",
     "sum over bands"),
    ("分摊", AGGREGATE, "总额, 权数", 2, 2, "按权数把总额分到各行，逐分分完",
     "shares that add up to the fen"),
)  # fmt: skip

ABSENT_OVER_NO_ROWS = (
    "均值",
    "中位数",
    "分位数",
    "标准差",
    "变异系数",
    "样本标准差",
    "样本变异系数",
    "最大",
    "最小",
)
"""Aggregates that have no value over no rows; none of them may be summed."""
ROOTS = ("标准差", "变异系数", "样本标准差", "样本变异系数")
PERIOD_NAMES = ("期年", "期初", "期末")
OLD_VALUE = "原规定"
