"""Every word that may stand under 合成, with a line of Chinese. The check and ``docs/data.md`` follow this table."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache

SCOPES = {
    "table": "合成",
    "rows": "行数",
    "again": "再次",
    "make": "一个字段",
    "number": "编号",
    "pick": "引用",
    "lognormal": "对数正态",
    "sum": "汇总",
}


@dataclass(frozen=True)
class Word:
    """``how``: it says by itself how a field is made, so only one such word may stand in a field."""

    scope: str
    word: str
    description: str
    how: bool = False


WORDS = (
    Word("table", "行数", "有几行：一个数，例数（即 --cases），或 {每例: 0.01, 最少: 30, 最多: 600}、{每月: 20}"),
    Word("table", "每个", "这些主键的每种组合一行：类别的每一类，引用的表的每一行，期间里的每年、每月、每天"),
    Word("table", "概率", "每种组合以这个概率有一行"),
    Word("table", "前后", "按天的表在期间前后再多几天"),
    Word("table", "再次", "一部分行是同一对象的又一次：{比例, 相同, 日期, 相隔, 停留}"),
    Word("table", "字段", "字段名: 怎么造；没有写的按类型、范围、默认来造"),
    Word(
        "table",
        "另设",
        "只在造数时用、不写进文件的列：名: 怎么造；"
        "行随地区走的表，字段写成它的几倍的（{列: 名, 乘: 数}），由公布的数倒算",
    ),
    Word("rows", "每例", "每一例（--cases）几行，如 0.01"),
    Word("rows", "每月", "期间的每个月几行"),
    Word("rows", "最少", "至少几行"),
    Word("rows", "最多", "至多几行"),
    Word("again", "比例", "再次的行占几成"),
    Word("again", "相同", "和上一次相同的字段"),
    Word("again", "日期", "按哪个日期字段推后"),
    Word("again", "相隔", "和上一次相隔几天，如 5~60"),
    Word("again", "停留", "哪个天数字段不能超过相隔的天数"),
    Word("make", "编号", "按行号编的号：{前缀: H, 位数: 4}", True),
    Word("make", "引用", "引用的表里选一行：均匀、集中（前面的行多得多）或 {集中: 1.1}、{权重: 列}", True),
    Word("make", "选择", "按份额选：{甲: 70, 乙: 30}，或列出来平均选；数可以写 0~4 这样的一段", True),
    Word("make", "整数", "两数之间均匀的整数，如 1~20", True),
    Word("make", "小数", "两数之间均匀的数，如 0.45~0.75", True),
    Word("make", "对数正态", "多数小、少数很大的数：{中位, 离散, 最低, 最高}", True),
    Word("make", "幂律", "第 n 行是 n 的负几次方，用作权重", True),
    Word("make", "日期", "期间（这段时间里的一天），或另一个日期字段，再用 加、减 说相差几天", True),
    Word("make", "平日", "这个日期是不是周一到周五", True),
    Word("make", "列", "和另一列相同；引用字段.列 是引用到的那一行的列", True),
    Word("make", "汇总", "别的表里同键的行的 合计、均值 或 计数：{合计: 字段, 自: 表}", True),
    Word("make", "常数", "固定的值；直接写值也一样，直接写一段（1~20）是其中均匀的数", True),
    Word("make", "按", "按哪一列的值来造，各值怎么造写在 取 下面（可写 否则）", True),
    Word("make", "取", "按 的各个值: 怎么造"),
    Word("make", "乘", "再乘以一个数、一段、一列或另造的数；几个写列表"),
    Word("make", "加", "再加上"),
    Word("make", "减", "再减去"),
    Word("make", "概率", "以这个概率有值，否则空着（有默认的取默认）；单写它是“是”的概率"),
    Word("make", "当", "列: 值，符合时才有值"),
    Word("make", "月份", "日期: 期间 时各月的轻重，如 {1: 1.2, 2: 0.8}"),
    Word("make", "周末", "日期: 期间 时周六、周日的轻重，平日是 1"),
    Word("make", "假日", "平日 时另外不算的日子，如 [01-01, 10-01~10-03]"),
    Word("number", "前缀", "编号前面的字"),
    Word("number", "位数", "编号的位数，前面补零"),
    Word("pick", "集中", "第 n 行的份额是 n 的负几次方"),
    Word("pick", "权重", "被引用的表的哪一列作权重；或 {按: 列, 取: {值: 列, 否则: 列}}"),
    Word("lognormal", "中位", "中位数：一个数、一列，或另造的数"),
    Word("lognormal", "离散", "对数的标准差；0.7 时约四分之一不到均值的一半，约一成在均值的两倍以上"),
    Word("lognormal", "最低", "不低于"),
    Word("lognormal", "最高", "不高于"),
    Word("sum", "合计", "哪个字段的合计"),
    Word("sum", "均值", "哪个字段的均值"),
    Word("sum", "计数", "是：行数"),
    Word("sum", "自", "哪张表"),
)


@cache
def words(scope: str) -> tuple[str, ...]:
    """The words of a scope, in order."""
    return tuple(word.word for word in WORDS if word.scope == scope)


HOWS = tuple(word.word for word in WORDS if word.how)


def nearest(written: str, candidates: tuple[str, ...] | list[str]) -> str:
    """“是不是“…”？”, or what may be written."""
    close = difflib.get_close_matches(written, candidates, 1, 0.4)
    return f"是不是“{close[0]}”？" if close else f"可以写：{'、'.join(candidates)}"
