"""取, 上期, aggregates over several grains, windows that look before the period: what one line of the kit
cannot say.
"""

from fractions import Fraction

import pytest
from findings import unguarded_uses_in_rule
from small_region import region, run

from engine.rulebook.bind import Binder, BindError
from engine.rulebook.scope import Scope

TABLES = """
店:
  主键: 店号
  字段:
    店号: 文本
    级别: [大, 小]
单据:
  主键: 单号
  归期: 日期
  字段:
    单号: 文本
    店号: → 店
    类码: 文本
    客人: 文本
    金额: 元
    日期: 日期
系数表:
  主键: [级别, 类码]
  可缺行: 是
  字段:
    级别: [大, 小]
    类码: 文本
    系数: 倍
"""
SHOPS = "店号 级别\n甲 大\n乙 小\n丙 小"
SALES = """
单号 店号 类码 客人 金额 日期
1 甲 A 张 10 2025-01-05
2 甲 B 李 20 2025-01-20
3 乙 A 张 30 2025-02-10
"""
FACTORS = "级别 类码 系数\n大 A 2\n小 A 3\n大 B 5"
YEARLY = "全年: {期间: 年, 报表: [总表]}\n"
MONTHLY = "逐月: {期间: 月, 报表: [总表]}\n"
SERIES = "逐月: {期间: 月, 连续: 年, 报表: [总表]}\n"


def book_of(folder, rules, program=YEARLY, columns="值", grain="单据"):
    """The tables above, ``rules``, and a program with one statement of ``columns``."""
    statement = f"总表: {{粒度: {grain}, 列: [{columns}]}}\n"
    return region(folder, TABLES + rules + statement + program)


def values(book, period="2025", name="值", **tables):
    given = {"店": SHOPS, "单据": SALES, "系数表": FACTORS} | tables
    return run(book, period, {table: rows for table, rows in given.items() if rows is not None}).values(name)


def refused(book, name="值"):
    """The code with which binding refuses a rule."""
    snapshot = book.at(book.start)
    rule = snapshot.rules[name]
    with pytest.raises(BindError) as error:
        Binder(Scope(snapshot, None, "年")).bind(rule.body, rule.grain, rule.type)
    return error.value.code


class TestLookUp:
    def test_keys_that_are_not_given_follow_from_the_row(self, tmp_path):
        book = book_of(tmp_path, "值: {粒度: 单据, 公式: 取(系数)}\n")
        assert values(book) == {"1": 2, "2": 5, "3": 3}

    def test_a_given_key_reads_another_row(self, tmp_path):
        book = book_of(tmp_path, "值: {粒度: 单据, 公式: '取(系数, 级别 = 小, 类码 = “A”)'}\n")
        assert values(book) == {"1": 3, "2": 3, "3": 3}

    def test_a_key_may_be_a_formula(self, tmp_path):
        book = book_of(tmp_path, "值: {粒度: 单据, 公式: '取(系数, 级别 = 若(金额 > 15, 大, 小))'}\n")
        assert values(book) == {"1": 3, "2": 5, "3": 2}

    def test_a_row_that_a_sparse_table_lacks_is_absent(self, tmp_path):
        book = book_of(tmp_path, "值: {粒度: 单据, 公式: '缺省(取(系数, 级别 = 小), 0)'}\n")
        assert values(book) == {"1": 3, "2": 0, "3": 3}

    def test_a_sparse_table_that_was_not_delivered_is_unresolved(self, tmp_path):
        book = book_of(tmp_path, "值: {粒度: 单据, 公式: '缺省(取(系数), 0)'}\n")
        assert values(book, 系数表=None)["1"] == "?表 系数表 没有交来"

    @pytest.mark.parametrize("rows", [None, "级别 类码 系数\n小 B 9"], ids=["undelivered", "no such row"])
    def test_an_optional_table_is_absent_where_it_has_nothing(self, tmp_path, rows):
        book = region(
            tmp_path,
            TABLES.replace("可缺行: 是", "可空: 是")
            + "值: {粒度: 单据, 公式: '有 取(系数)'}\n总表: {粒度: 单据, 列: [值]}\n"
            + YEARLY,
        )
        assert values(book, 系数表=rows) == {"1": False, "2": False, "3": False}

    def test_a_required_row_that_is_missing_is_unresolved(self, tmp_path):
        book = region(
            tmp_path,
            TABLES.replace("  可缺行: 是\n", "")
            + "值: {粒度: 单据, 公式: '缺省(取(系数, 级别 = 小), 0)'}\n总表: {粒度: 单据, 列: [值]}\n"
            + YEARLY,
        )
        found = values(book)
        assert found["1"] == 3 and found["2"].startswith("?表 系数表 没有") and "B" in found["2"]

    def test_a_reference_to_no_row_is_unresolved(self, tmp_path):
        book = book_of(tmp_path, "值: {粒度: 单据, 公式: 取(系数)}\n")
        assert values(book, 店="店号 级别\n甲 大")["3"].startswith("?表 店 没有 店号 = 乙")

    def test_an_absent_key_gives_nothing_and_an_unresolved_one_its_cause(self, tmp_path):
        rules = "值: {粒度: 单据, 公式: '取(系数, 类码 = 若(金额 > 15, 备用, 无法确定(“不明”)))'}\n"
        tables = TABLES.replace("    客人: 文本\n", "    客人: 文本\n    备用: {类型: 文本, 可空: 是}\n")
        book = region(tmp_path, tables + rules + "总表: {粒度: 单据, 列: [值]}\n" + YEARLY)
        lines = [line + " 空" for line in SALES.strip().splitlines()[1:]]
        rows = "\n".join(["单号 店号 类码 客人 金额 日期 备用", *lines])
        assert values(book, 单据=rows) == {"1": "?不明", "2": None, "3": None}

    def test_a_rule_is_read_at_other_keys(self, tmp_path):
        rules = (
            "级别合计: {粒度: 级别, 单位: 元, 公式: 合计(金额)}\n值: {粒度: 单据, 公式: '取(级别合计, 级别 = 小)'}\n"
        )
        assert values(book_of(tmp_path, rules)) == {"1": 30, "2": 30, "3": 30}

    def test_intervals_and_wildcards_match(self, tmp_path):
        tables = """
档表:
  主键: [级别, 金额段]
  字段:
    级别: {类型: [大, 小], 任何: 是}
    金额段: 区间
    档: 数
"""
        rules = "值: {粒度: 单据, 公式: '取(档, 金额段 = 金额)'}\n"
        book = book_of(tmp_path, tables + rules)
        bands = "级别 金额段 档\n任何 (0,20) 1\n大 [20,∞) 2\n小 [20,∞) 3".replace("[20,∞)", "≥20")
        assert values(book, 档表=bands) == {"1": 1, "2": 2, "3": 3}

    def test_a_key_that_two_rows_match_is_unresolved(self, tmp_path):
        tables = "档表:\n  主键: 金额段\n  字段:\n    金额段: 区间\n    档: 数\n"
        book = book_of(tmp_path, tables + "值: {粒度: 单据, 公式: '取(档, 金额段 = 金额)'}\n")
        found = values(book, 档表="金额段 档\n[0,10] 1\n[10,99] 2")
        assert found["1"].startswith("?表 档表 有几行") and found["2"] == 2

    def test_what_cannot_be_looked_up_is_refused(self, tmp_path):
        cases = {
            "取(无此名)": "E303",
            "取(系数, 客人 = “张”)": "E503",
            "取(系数, 级别 = 3)": "E401",
            "取(系数, 级别 = 中)": "E307",
            "取(金额 + 1)": "E315",
        }
        for number, (formula, code) in enumerate(cases.items()):
            folder = tmp_path / str(number)
            folder.mkdir()
            assert refused(book_of(folder, f"值: {{粒度: 单据, 公式: '{formula}'}}\n")) == code, formula

    def test_a_key_that_does_not_follow_is_refused(self, tmp_path):
        book = book_of(tmp_path, "值: {粒度: 店, 公式: '取(系数, 级别 = 大)'}\n", grain="店")
        assert refused(book) == "E501"


class TestBefore:
    MONTH = "本月: {粒度: 店, 单位: 元, 公式: 合计(金额)}\n"
    RULES = MONTH + "值: {粒度: 店, 单位: 元, 公式: '本月 + 上期(值, 100)'}\n"
    TWO = SALES + "4 丙 A 王 40 2025-02-11\n5 甲 A 王 7 2025-03-11\n"

    def book(self, folder, program=SERIES, rules=RULES):
        return book_of(folder, rules, program, grain="店")

    def test_the_first_period_of_a_series_takes_the_first_value(self, tmp_path):
        assert values(self.book(tmp_path), "2025-01") == {"甲": 130, "乙": 100, "丙": 100}

    def test_a_series_runs_the_periods_before_in_order(self, tmp_path):
        assert values(self.book(tmp_path), "2025-03", 单据=self.TWO) == {"甲": 137, "乙": 130, "丙": 140}

    def test_a_series_starts_anew_each_year(self, tmp_path):
        late = "单号 店号 类码 客人 金额 日期\n1 甲 A 张 10 2024-12-05\n2 甲 A 张 20 2025-01-05"
        assert values(self.book(tmp_path), "2025-01", 单据=late)["甲"] == 120

    def test_without_a_first_value_the_first_period_is_absent(self, tmp_path):
        rules = self.MONTH + "值: {粒度: 店, 单位: 元, 公式: '缺省(上期(本月), −1)'}\n"
        assert values(self.book(tmp_path, rules=rules), "2025-01")["甲"] == -1

    def test_a_row_that_is_new_takes_the_first_value(self, tmp_path):
        rules = (
            "客: {键: [客人]}\n本月: {粒度: 客, 单位: 元, 公式: 合计(金额)}\n"
            "值: {粒度: 客, 单位: 元, 公式: '本月 + 上期(值, 100)'}\n"
        )
        book = book_of(tmp_path, rules, SERIES, grain="客")
        # 李 has nothing in February, but what January left goes on
        assert values(book, "2025-02", 单据=self.TWO) == {"张": 140, "王": 140, "李": 120}
        assert values(book, "2025-01", 单据=self.TWO) == {"张": 110, "李": 120}

    def test_a_period_before_that_was_not_delivered_is_never_the_first(self, tmp_path):
        only_march = "单号 店号 类码 客人 金额 日期\n5 甲 A 王 7 2025-03-11"
        for number, program in enumerate((SERIES, MONTHLY)):
            folder = tmp_path / str(number)
            folder.mkdir()
            found = values(self.book(folder, program), "2025-03", 单据=only_march)
            assert found["甲"].startswith("?没有上期"), found

    def test_outside_a_series_the_rows_before_are_used_where_they_are_there(self, tmp_path):
        rules = self.MONTH + "值: {粒度: 店, 单位: 元, 公式: 本月 − 上期(本月)}\n"
        book = self.book(tmp_path, MONTHLY, rules)
        assert values(book, "2025-02") == {"甲": -30, "乙": 30, "丙": 0}
        assert values(book, "2025-01")["甲"].startswith("?没有上期")

    def test_a_published_value_comes_first(self, tmp_path):
        class Published:
            def value(self, name, grain, key):
                assert (name, grain) == ("值", "店")
                return (True, Fraction(1000)) if key == ("甲",) else (False, None)

        for number, program in enumerate((SERIES, MONTHLY)):
            folder = tmp_path / str(number)
            folder.mkdir()
            given = {"店": SHOPS, "单据": SALES, "系数表": FACTORS}
            found = run(self.book(folder, program), "2025-02", given, Published()).values("值")
            assert found == {"甲": 1000, "乙": 130, "丙": 100}


class TestAggregates:
    def test_the_finest_grain_named_is_aggregated(self, tmp_path):
        rules = "加成: {粒度: 店, 公式: '若(级别 = 大, 2, 1)'}\n值: {粒度: 级别, 公式: 合计(金额 × 加成)}\n"
        assert values(book_of(tmp_path, rules, grain="级别")) == {"大": 60, "小": 30}

    def test_rows_of_a_key_grain_are_the_combinations_seen(self, tmp_path):
        rules = "店客: {键: [店号, 客人]}\n值: {粒度: 店客, 单位: 元, 公式: 合计(金额)}\n"
        book = book_of(tmp_path, rules, grain="店客")
        assert values(book) == {("甲", "张"): 10, ("甲", "李"): 20, ("乙", "张"): 30}

    def test_from_says_which_rows(self, tmp_path):
        rules = (
            "加成: {粒度: 店, 公式: '若(级别 = 大, 2, 1)'}\n"
            "值: {粒度: 级别, 公式: 合计(加成)}\n逐单: {粒度: 级别, 公式: '合计(加成, 自 单据)'}\n"
        )
        book = book_of(tmp_path, rules, columns="值, 逐单", grain="级别")
        assert values(book) == {"大": 2, "小": 2}
        assert values(book, name="逐单") == {"大": 4, "小": 1}

    def test_an_aggregate_of_aggregates_runs_over_its_own_grain(self, tmp_path):
        rules = "店额: {粒度: 店, 单位: 元, 公式: 合计(金额)}\n值: {粒度: 级别, 舍入: 2, 公式: 均值(店额)}\n"
        assert values(book_of(tmp_path, rules, grain="级别")) == {"大": 30, "小": 15}

    def test_a_narrowed_grain_has_only_its_rows(self, tmp_path):
        rules = (
            "大单: {行: 单据, 条件: 金额 ≥ 20}\n税: {粒度: 大单, 单位: 元, 公式: 金额 × 10%}\n"
            "税合计: {粒度: 店, 单位: 元, 公式: 合计(税)}\n数: {粒度: 店, 公式: 计数(大单)}\n"
            "值: {粒度: 店, 单位: 元, 公式: '合计(金额, 自 大单)'}\n全部: {粒度: 店, 公式: 计数(单据)}\n"
        )
        book = book_of(tmp_path, rules, columns="值, 税合计, 数, 全部", grain="店")
        assert values(book) == {"甲": 20, "乙": 30, "丙": 0}
        assert values(book, name="税合计") == {"甲": 2, "乙": 3, "丙": 0}
        assert values(book, name="数") == {"甲": 1, "乙": 1, "丙": 0}
        assert values(book, name="全部") == {"甲": 2, "乙": 1, "丙": 0}

    def test_a_value_of_a_narrowed_grain_is_absent_on_other_rows(self, tmp_path):
        rules = (
            "大单: {行: 单据, 条件: 金额 ≥ 20}\n税: {粒度: 大单, 单位: 元, 公式: 金额 × 10%}\n"
            "值: {粒度: 单据, 单位: 元, 公式: '缺省(税, 0)'}\n"
        )
        assert values(book_of(tmp_path, rules)) == {"1": 0, "2": 2, "3": 3}

    def test_only_the_rows_of_the_period_are_counted(self, tmp_path):
        book = book_of(tmp_path, "值: {粒度: 店, 公式: 计数(单据)}\n", MONTHLY, grain="店")
        assert values(book, "2025-02") == {"甲": 0, "乙": 1, "丙": 0}

    def test_grains_without_a_way_between_them_are_refused(self, tmp_path):
        rules = (
            "客: {键: [客人]}\n客额: {粒度: 客, 单位: 元, 公式: 合计(金额)}\n"
            "加成: {粒度: 店, 公式: '若(级别 = 大, 2, 1)'}\n"
            "值: {粒度: 级别, 公式: 合计(客额 × 加成)}\n"
        )
        assert refused(book_of(tmp_path, rules)) == "E503"


class TestWindows:
    def test_the_row_before_may_lie_before_the_period_and_before_the_rules(self, tmp_path):
        rules = (
            "大单: {行: 单据, 条件: 金额 ≥ 10}\n值: {粒度: 大单, 单位: 元, 公式: '上一条(金额, 每 客人, 按 日期)'}\n"
        )
        book = book_of(tmp_path, rules, MONTHLY, grain="大单")
        rows = SALES + "0 乙 A 李 11 2023-12-31\n4 乙 A 李 5 2025-01-02\n"
        assert values(book, "2025-02", 单据=rows) == {"3": 10}
        assert values(book, "2025-01", 单据=rows) == {"1": None, "2": 11}

    def test_a_row_after_the_period_is_not_seen(self, tmp_path):
        tables = TABLES.replace("    金额: 元\n", "    金额: 元\n    来日: 日期\n")
        rules = "值: {粒度: 单据, 公式: '上一条(单号, 每 客人, 按 来日)'}\n总表: {粒度: 单据, 列: [值]}\n"
        book = region(tmp_path, tables + rules + MONTHLY)
        rows = (
            "单号 店号 类码 客人 金额 来日 日期\n1 甲 A 张 1 2025-01-01 2025-02-20\n2 甲 A 张 1 2025-01-02 2025-01-05"
        )
        assert values(book, "2025-01", 单据=rows) == {"2": None}
        assert values(book, "2025-02", 单据=rows) == {"1": None}

    def test_ranks_and_running_sums_know_only_the_period(self, tmp_path):
        rules = (
            "值: {粒度: 单据, 公式: '名次(金额, 从小到大)'}\n累: {粒度: 单据, 单位: 元, 公式: '累计(金额, 按 日期)'}\n"
        )
        book = book_of(tmp_path, rules, MONTHLY, columns="值, 累")
        assert values(book, "2025-02") == {"3": 1}
        assert values(book, "2025-02", name="累") == {"3": 30}

    def test_a_window_of_a_narrowed_grain_runs_over_its_rows(self, tmp_path):
        rules = "乙类: {行: 单据, 条件: 金额 ≥ 20}\n值: {粒度: 乙类, 公式: '名次(金额, 从小到大)'}\n"
        assert values(book_of(tmp_path, rules, grain="乙类")) == {"2": 1, "3": 2}

    def test_what_is_unknown_in_one_partition_leaves_the_others_alone(self, tmp_path):
        rules = (
            "量: {粒度: 单据, 公式: '若(金额 = 30, 无法确定(“不明”), 1)'}\n"
            "值: {粒度: 单据, 公式: '名次(量, 从大到小, 每 店号)'}\n"
            "份: {粒度: 单据, 单位: 元, 公式: '分摊(店额, 量)'}\n"
            "店额: {粒度: 店, 单位: 元, 公式: 合计(金额)}\n"
            "累: {粒度: 单据, 公式: '累计(量, 每 店号, 按 日期)'}\n"
        )
        book = book_of(tmp_path, rules, columns="值, 份, 累")
        assert values(book) == {"1": 1, "2": 2, "3": "?不明"}
        assert values(book, name="份") == {"1": 15, "2": 15, "3": "?不明"}
        assert values(book, name="累") == {"1": 1, "2": 2, "3": "?不明"}

    def test_each_pool_is_shared_out_among_its_own_rows(self, tmp_path):
        rules = (
            "池: {粒度: 级别, 单位: 元, 公式: '若(级别 = 大, 0.05, 1)'}\n"
            "值: {粒度: 单据, 单位: 元, 公式: '分摊(池, 金额)'}\n"
        )
        rows = SALES + "4 丙 A 王 30 2025-01-02\n5 丙 A 王 30 2025-01-03\n"
        found = values(book_of(tmp_path, rules), 单据=rows)
        shares = {"1": 2, "2": 3, "3": 34, "4": 33, "5": 33}
        assert found == {key: Fraction(fen, 100) for key, fen in shares.items()}


class TestBands:
    TABLE = """
费率:
  粒度: 单据
  单位: 元
  表:
    - {类码: A, 金额: "(0, 10]", 费率: 2}
    - {类码: A, 金额: "> 10", 费率: 1}
    - {类码: B, 金额: "> 0", 费率: 待定}
"""

    def test_only_the_rows_that_the_other_columns_choose_are_bands(self, tmp_path):
        book = book_of(tmp_path, self.TABLE + "值: {粒度: 单据, 公式: '逐段(费率, 金额)'}\n")
        found = values(book)
        assert (found["1"], found["3"]) == (20, 40)
        assert "待定" in found["2"]

    def test_a_value_that_a_program_reads_from_a_narrowed_grain_is_a_band_too(self, tmp_path):
        rules = "大单: {行: 单据, 条件: 金额 ≥ 20 且 类码 = “A”}\n值: {粒度: 大单, 公式: '逐段(费率, 金额, 5)'}\n"
        assert values(book_of(tmp_path, self.TABLE + rules, grain="大单")) == {"3": 30}


class TestLongChains:
    """Python's own limit of a thousand nested calls must not show."""

    def test_a_sum_as_long_as_is_allowed_is_computed(self, tmp_path):
        terms = 299
        book = book_of(tmp_path, f"值: {{粒度: 单据, 公式: '{' + '.join(['1'] * terms)}'}}\n")
        assert set(values(book).values()) == {terms}
        scope = Scope(book.at(book.start), None, "年")
        assert not unguarded_uses_in_rule(scope, Binder(scope), scope.book.rules["值"])

    def test_rules_may_call_a_hundred_rules_in_a_row(self, tmp_path):
        steps = "".join(f"步{n}: {{粒度: 店, 单位: 元, 公式: 步{n + 1} + 1}}\n" for n in range(100))
        rules = "值: {粒度: 店, 单位: 元, 公式: 步0}\n" + steps + "步100: {粒度: 店, 单位: 元, 公式: 合计(金额)}\n"
        assert values(book_of(tmp_path, rules, grain="店")) == {"甲": 130, "乙": 130, "丙": 100}

    def test_a_series_may_run_twelve_months_of_rules(self, tmp_path):
        steps = "".join(f"步{n}: {{粒度: 店, 单位: 元, 公式: 步{n + 1} + 0}}\n" for n in range(10))
        rules = (
            "本月: {粒度: 店, 单位: 元, 公式: 合计(金额)}\n值: {粒度: 店, 单位: 元, 公式: 步0}\n"
            + steps
            + "步10: {粒度: 店, 单位: 元, 公式: '本月 + 上期(值, 0)'}\n"
        )
        lines = [f"{month} 甲 A 张 {month} 2025-{month:02d}-05" for month in range(1, 13)]
        rows = "\n".join(["单号 店号 类码 客人 金额 日期", *lines])
        book = book_of(tmp_path, rules, SERIES, grain="店")
        assert values(book, "2025-12", 单据=rows) == {"甲": 78, "乙": 0, "丙": 0}
