"""All functions of the language: signature, law, clauses and document text, in one table.

Binding checks calls against it, the manual is made from it, checks and engines read the laws, and a test keeps every
engine's own table equal to it. A function without a law cannot be written down here: the import fails.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.language import tree
from engine.language.function_laws import Absence, Decimals, Gathering, Law, Reach, Takes
from engine.language.values import HALF_AWAY

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
    law: Law
    clauses: frozenset[str] = frozenset()


def _table(*rows: Function) -> dict[str, Function]:
    return {row.name: row for row in rows}


def _rounds(mode: str) -> Law:
    return Law(Takes.NUMBER, Decimals.PLACES, Absence.ANY, places=(0, 12), rounding=mode)


def _part_of_date(label: str, recurs: bool) -> Law:
    return Law(Takes.DATE_OR_MONTH, Decimals.WHOLE, Absence.ANY, label=label, recurs=recurs)


def _counted(takes: Takes, mean: bool = False) -> Law:
    return Law(takes, Decimals.WHOLE, Absence.NEVER, Reach.BELOW, Gathering.ADDED,
               label="个", mean=mean, counts=True, takes_endless=True)  # fmt: skip


def _added() -> Law:
    return Law(Takes.NUMBERS_BELOW, Decimals.FIRST, Absence.NEVER, Reach.BELOW, Gathering.ADDED)


def _averaged() -> Law:
    return Law(Takes.NUMBERS_BELOW, Decimals.ENDLESS, Absence.NO_ROWS, Reach.BELOW, Gathering.AVERAGED, mean=True)


def _outermost() -> Law:
    return Law(Takes.ORDERED_BELOW, Decimals.FIRST, Absence.NO_ROWS, Reach.BELOW, Gathering.ADDED,
               mean=True, takes_endless=True)  # fmt: skip


def _among_sorted(takes: Takes) -> Law:
    return Law(takes, Decimals.ENDLESS, Absence.NO_ROWS, Reach.BELOW, Gathering.SORTED, mean=True)


def _root(absence: Absence, label: str | None = None) -> Law:
    return Law(Takes.NUMBERS_BELOW, Decimals.ENDLESS, absence, Reach.BELOW, Gathering.SQUARED,
               label=label, irrational=True, mean=True)  # fmt: skip


_OVER = frozenset({"where", "source"})
_PARTITION = frozenset({"per", "by"})

FUNCTIONS = _table(
    Function("较大", SCALAR, "a, b, …", 2, None, "最大的一个；有一个为空，结果为空",
             "greatest", Law(Takes.ORDERED, Decimals.MOST, Absence.ANY)),
    Function("较小", SCALAR, "a, b, …", 2, None, "最小的一个；有一个为空，结果为空",
             "least", Law(Takes.ORDERED, Decimals.MOST, Absence.ANY)),
    Function("取高", SCALAR, "a, b, …", 1, None, "有值的当中最大的；都为空，结果为空",
             "highest of those present", Law(Takes.ORDERED, Decimals.MOST, Absence.ALL)),
    Function("取低", SCALAR, "a, b, …", 1, None, "有值的当中最小的；都为空，结果为空",
             "lowest of those present", Law(Takes.ORDERED, Decimals.MOST, Absence.ALL)),
    Function("缺省", SCALAR, "a, b, …", 2, None, "第一个有值的；不掩盖算不出的值",
             "first that is present", Law(Takes.ALIKE, Decimals.MOST, Absence.ALL)),
    Function("一致", SCALAR, "a, b", 2, 2, "两个相等，或者都为空，是；只有一个为空，否",
             "equal, or both absent", Law(Takes.TWO_ALIKE, Decimals.NO_NUMBER, Absence.NEVER)),
    Function("限定", SCALAR, "x, 下限, 上限", 3, 3, "把 x 限制在下限和上限之间",
             "clamp", Law(Takes.ORDERED, Decimals.MOST, Absence.ANY)),
    Function("绝对值", SCALAR, "x", 1, 1, "去掉正负号",
             "absolute value", Law(Takes.NUMBER, Decimals.FIRST, Absence.ANY)),
    Function("若", SCALAR, "条件, a, b", 3, 3, "条件成立取 a，否则取 b；另一支不算",
             "if, lazily", Law(Takes.CHOICE, Decimals.BRANCHES, Absence.BRANCH)),
    Function("向下取整", SCALAR, "x[, 位数]", 1, 2, "不大于 x 的最近数",
             "floor", _rounds("下")),
    Function("向上取整", SCALAR, "x[, 位数]", 1, 2, "不小于 x 的最近数",
             "ceiling", _rounds("上")),
    Function("四舍五入", SCALAR, "x[, 位数]", 1, 2, "保留几位小数，半数远离零",
             "round half away from zero", _rounds(HALF_AWAY)),
    Function("有效数字", SCALAR, "x, 位数", 2, 2, "从第一个不是 0 的数字起保留几位，半数远离零",
             "round to significant digits, half away from zero",
             Law(Takes.NUMBER, Decimals.FIRST, Absence.ANY, places=(1, 12))),
    Function("余数", SCALAR, "x, y", 2, 2, "x − y × 向下取整(x ÷ y)，正负随 y；y 为 0 时算不出",
             "remainder, with the sign of the divisor", Law(Takes.NUMBERS, Decimals.MOST, Absence.ANY)),
    Function("天数", SCALAR, "起, 止", 2, 2, "从起到止的日历天数，可为负",
             "calendar days between", Law(Takes.DATES, Decimals.WHOLE, Absence.ANY)),
    Function("工作日数", SCALAR, "起, 止, 工作日字段", 3, 3, "起的次日到止（含）中工作日的天数",
             "working days between", Law(Takes.DATES_AND_CALENDAR, Decimals.WHOLE, Absence.FIRST_TWO, Reach.TABLE)),
    Function("年", SCALAR, "日期", 1, 1, "日期或年月的年份",
             "year of", _part_of_date("年", recurs=False)),
    Function("月", SCALAR, "日期", 1, 1, "日期或年月的月份，1 到 12",
             "month of, 1 to 12", _part_of_date("月", recurs=True)),
    Function("季", SCALAR, "日期", 1, 1, "日期或年月的季度，1 到 4",
             "quarter of", _part_of_date("", recurs=True)),
    Function("年月", SCALAR, "年, 月 | 日期", 1, 2, "由年和月、或由日期得到年月",
             "year-month", Law(Takes.YEAR_AND_MONTH, Decimals.NO_NUMBER, Absence.ANY)),
    Function("无法确定", SCALAR, "“原因”", 1, 1, "声明这个值算不出，并说明原因",
             "unresolved, with a reason", Law(Takes.REASON, Decimals.NO_NUMBER, Absence.NEVER)),
    Function("取", LOOKUP, "名, 键 = 值, …", 1, 1, "别的键上的值；没写的键照本行",
             "value at other keys", Law(Takes.NAME_AT_KEYS, Decimals.FIRST, Absence.NO_ROW, Reach.KEYS)),
    Function("合计", AGGREGATE, "x", 1, 1, "下层各行之和；一行也没有时为 0",
             "sum", _added(), _OVER),
    Function("均值", AGGREGATE, "x", 1, 1, "下层各行的平均数",
             "mean", _averaged(), _OVER),
    Function("中位数", AGGREGATE, "x", 1, 1, "排序后居中的数；偶数行取中间两数的平均",
             "median", _among_sorted(Takes.NUMBERS_BELOW), _OVER),
    Function("分位数", AGGREGATE, "x, p", 2, 2, "排序后 (n−1)×p 处的数，线性内插",
             "quantile, linear interpolation", _among_sorted(Takes.NUMBERS_BELOW_AND_SHARE), _OVER),
    Function("标准差", AGGREGATE, "x", 1, 1, "总体标准差；只能单独作公式，且写明舍入",
             "population deviation", _root(Absence.NO_ROWS), _OVER),
    Function("变异系数", AGGREGATE, "x", 1, 1, "总体标准差 ÷ 均值；只能单独作公式，且写明舍入",
             "population variation", _root(Absence.NO_ROWS, ""), _OVER),
    Function("样本标准差", AGGREGATE, "x", 1, 1, "除以 n−1 的标准差；只能单独作公式，且写明舍入",
             "sample deviation", _root(Absence.UNDER_TWO_ROWS), _OVER),
    Function("样本变异系数", AGGREGATE, "x", 1, 1, "样本标准差 ÷ 均值；只能单独作公式，且写明舍入",
             "sample variation", _root(Absence.UNDER_TWO_ROWS, ""), _OVER),
    Function("计数", AGGREGATE, "粒度", 1, 1, "这个粒度有多少行",
             "number of rows", _counted(Takes.GRAIN),
             frozenset({"where"})),
    Function("去重计数", AGGREGATE, "x", 1, 1, "有多少个不同的值",
             "distinct count", _counted(Takes.ANYTHING_BELOW, mean=True), _OVER),
    Function("最大", AGGREGATE, "x", 1, 1, "下层各行中最大的",
             "maximum", _outermost(), _OVER),
    Function("最小", AGGREGATE, "x", 1, 1, "下层各行中最小的",
             "minimum", _outermost(), _OVER),
    Function("名次", WINDOW, "x, 从大到小|从小到大", 1, 1, "在每一组里排第几；并列按主键",
             "rank", Law(Takes.RANKED, Decimals.WHOLE, Absence.NOT_RANKED, Reach.GROUP, label="", mean=True),
             frozenset({"per", "where", "descending"})),
    Function("上一条", WINDOW, "x", 1, 1, "同组中排在本行前面一行的 x；不写 限本期 时含本期以前的行",
             "value of the row before",
             Law(Takes.ANYTHING_IN_ORDER, Decimals.FIRST, Absence.FIRST_ROW, Reach.GROUP_AND_BEFORE, mean=True),
             _PARTITION | {"history"}),
    Function("累计", WINDOW, "x", 1, 1, "同组中到本行为止之和",
             "running sum", Law(Takes.NUMBERS_IN_ORDER, Decimals.FIRST, Absence.NEVER, Reach.GROUP), _PARTITION),
    Function("沿", WINDOW, "首行, 后行", 2, 2,
             "同组各行依次推：第一行取 首行，以后取 后行，里面的 前值 是前一行的结果；数写明 范围、舍入；默认含以往",
             "fold along ordered rows",
             Law(Takes.FIRST_AND_LATER, Decimals.ROUNDED, Absence.ALONG, Reach.GROUP_AND_BEFORE, mean=True),
             _PARTITION | {"history", "within", "rounded"}),
    Function("上期", LOOKUP, "x[, 首期值]", 1, 2, "上一期的值",
             "value of the period before", Law(Takes.NAME_BEFORE, Decimals.MOST, Absence.FIRST_PERIOD, Reach.PERIOD)),
    Function("逐段", LOOKUP, "表规则, 变量[, 起点]", 2, 3, "变量落在各段的长度 × 该段的值，逐段相加",
             "sum over bands", Law(Takes.BANDS, Decimals.PRODUCT, Absence.ANY, Reach.TABLE)),
    Function("分摊", AGGREGATE, "总额, 权数", 2, 2, "按权数把总额分到各行，逐分分完",
             "shares that add up to the fen", Law(Takes.POOL_AND_WEIGHT, Decimals.FEN, Absence.NEVER, Reach.GROUP)),
)  # fmt: skip


def law_of(function: str) -> Law:
    """Raises ``KeyError`` for what is no function."""
    return FUNCTIONS[function].law


def reach_of(function: str) -> Reach | None:
    """What a function reads beside its arguments; ``None`` for what is no function (a formula may be wrong)."""
    found = FUNCTIONS.get(function)
    return None if found is None else found.law.reach


def read_on_rows(call: tree.Call) -> tree.Node | None:
    """What an aggregate reads on each of the rows; ``None`` where it counts them only."""
    return call.args[0] if law_of(call.function).reads_rows else None


def value_before(written: str) -> str | None:
    """The name in ``上期(名)`` as a test writes it above a given value; ``None`` for any other text."""
    function, _, rest = written.partition("(")
    before = function in FUNCTIONS and FUNCTIONS[function].law.reach is Reach.PERIOD
    return rest[:-1] if before and rest.endswith(")") else None


PERIOD_NAMES = ("期年", "期初", "期末")
OLD_VALUE = "原规定"
VALUE_BEFORE = "前值"
