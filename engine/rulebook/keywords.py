"""Every keyword of the YAML: where it may stand, its English meaning, a line of Chinese.

The documentation and the JSON Schemas follow this table; tests keep them equal.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache

PLACES = {
    "file": "规则文件",
    "table": "表",
    "rows": "表的 行",
    "unfolded": "展开 的一项",
    "field": "字段",
    "grain": "粒度",
    "parameter": "参数",
    "rule": "规则",
    "branch": "分情形的一支",
    "row": "规则的表中的一行",
    "rounding": "舍入",
    "reading": "读法",
    "check": "检查",
    "statement": "报表",
    "column": "报表的列",
    "program": "程序",
    "region": "地区（region.yaml）",
    "module": "模块（module.yaml）",
    "amendment": "修订（amendment.yaml）",
    "source": "文件目录的一项",
    "test": "例子",
}
ENTRY_KINDS = ("table", "grain", "parameter", "rule", "check", "statement", "program")
HEAD_KINDS = ("region", "module", "amendment")
ENTRY = ENTRY_KINDS


@dataclass(frozen=True)
class Keyword:
    word: str
    places: tuple[str, ...]
    english: str
    description: str


KEYWORDS = (
    # any entry
    Keyword("依据", ("file", *ENTRY, "field", "branch", "row"), "citation", "文件简称和条款，如“办法 第十九条”"),
    Keyword(
        "原句",
        (*ENTRY, "field", "branch", "row"),
        "quotation",
        "依据里的原话，一句或几句；办法改了字句，casemix articles 会指出来",
    ),
    Keyword("状态", ("file", *ENTRY, "field", "branch", "row"), "status", "正式（不写即是）、转述、暂定 或 待定"),
    Keyword("说明", (*ENTRY, "field", "branch", "row"), "note", "给人看的话，不参与计算"),
    Keyword("说明", (*HEAD_KINDS, "source", "test"), "note", "给人看的话"),
    Keyword("单位", ("parameter", "rule"), "unit", "元、点、天及其乘除（元/点），或 倍、比例、岁 等"),
    Keyword("追溯", ("parameter",), "retroactive", "是：通知里的取值从所写的日期起算数，早于通知施行的也是"),
    Keyword("追溯", ("rule", "grain", "check"), "retroactive from", "通知里的规则早于通知施行、从哪一天起就算数"),
    Keyword(
        "备查",
        ("table", "grain", "parameter", "rule", "check", "statement"),
        "for the record",
        "是：留着备查，没有程序读它也不提醒",
    ),
    Keyword(
        "不提示",
        ("table", "grain", "parameter", "rule", "check", "statement", "program", "test"),
        "no hint",
        "casemix lint 的哪些提示在这里不用提，一个或列表，如 公式太长",
    ),
    Keyword("又名", (*ENTRY, "field"), "also called", "文件里叫的别的名字，一个或列表；用来查找，公式里不用"),
    Keyword(
        "可替换",
        (*ENTRY, "field"),
        "to be replaced",
        "谁要替换、换成什么：各地常有自己规定的，在这里说；用来查找，不参与计算",
    ),
    # a rules file
    Keyword("替换", ("file",), "replace", "改变沿用来的条目：名: 新内容；“表.字段”只改一个字段的类型"),
    Keyword("删除", ("file",), "delete", "不再要的沿用来的条目，列出名称；一个字段写 表.字段"),
    # table
    Keyword("主键", ("table",), "key", "一行由哪些字段认定：一个字段名，或列表"),
    Keyword("归期", ("table",), "period field", "哪个字段说明一行属于哪一期"),
    Keyword("字段", ("table",), "fields", "字段名: 类型"),
    Keyword("可空", ("table",), "optional table", "是：整张表可以不交"),
    Keyword("可缺行", ("table",), "sparse", "是：表要交，但可以缺一些行"),
    Keyword(
        "行",
        ("table",),
        "rows",
        "随目录走的表：文件的路径（CSV、XLSX），或 {文件, 列 …} 照公布的原样用，或 待定",
    ),
    # 行 of a table that is a published file
    Keyword("文件", ("rows",), "file", "本文件夹里的 CSV 或 XLSX，照公布的原样"),
    Keyword("工作表", ("rows",), "sheet", "XLSX 里的哪一张；只有一张有内容的不用写"),
    Keyword("表头行", ("rows",), "line of the headings", "列名在第几行，不写是 1；上面的行不看"),
    Keyword("末行", ("rows",), "last line", "数据到第几行为止，下面的注、合计不看；不写就到底"),
    Keyword("空值", ("rows",), "what means nothing", "格子里写什么算空着，如 [—, /]，一个或列表"),
    Keyword("列", ("rows",), "columns", "字段: 原来的列名；写了它，没有说到的列就不看"),
    Keyword("展开", ("rows",), "unfold", "一行变几行：级别、险种写在列名里的表，每项写 {字段: 值, 列: {字段: 列名}}"),
    Keyword("列", ("unfolded",), "columns", "这一项的字段: 原来的列名；别的字段直接写值"),
    Keyword("合成", ("table",), "synthesis hints", "造示例数据时的提示，不影响计算"),
    # field
    Keyword("类型", ("field",), "type", "单位、数、整数、文本、日期、年月、是否、区间、“→ 表”，或类别的列表"),
    Keyword("默认", ("field",), "default", "空着时取的值"),
    Keyword("可空", ("field",), "nullable", "是：可以空着"),
    Keyword("范围", ("field",), "range", "允许的值，如“[0, 100]”“≥ 0”，一头可以是参数的名称；超出即为坏数据"),
    Keyword("小数", ("field",), "digits", "最多几位小数"),
    Keyword("任何", ("field",), "wildcard", "是：写“任何”的行与所有值相配"),
    Keyword(
        "有效期",
        ("field",),
        "validity",
        "起 或 止：这一行从哪天起、到哪天止有效；止日写 9999-12-31 之类即没有止日",
    ),
    Keyword("代替规则", ("field",), "instead of the rule", "是：读交来的这个字段，同名的规则不算"),
    Keyword(
        "标识",
        ("field",),
        "identifies",
        "是：这个文本是认人、认机构的号，查被电子表格改坏的；主键和引用本来就查，不要查写 否",
    ),
    Keyword("长度", ("field",), "lengths", "文本固定有几位：一个整数，或几种位数的列表；位数不对的行不收"),
    # grain
    Keyword("键", ("grain",), "key", "由哪些键定一行；空列表是整个统筹区"),
    Keyword("每个", ("grain",), "every", "几个粒度的行，一个配一个，各种组合都有一行；它们的键合起来就是 键"),
    Keyword("行", ("grain",), "rows of", "哪个粒度的行"),
    Keyword("条件", ("grain",), "condition", "只要符合条件的行"),
    # parameter
    Keyword("取值", ("parameter",), "values by date", "起始日期: 值；写 施行 就是所在那一层施行的那一天"),
    Keyword("类型", ("parameter",), "type", "不是带单位的数时写：→ 表、日期、文本……，或类别的列表"),
    Keyword("类别", ("parameter",), "classes", "可选的值，如 [不实施, 实施]"),
    Keyword("多值", ("parameter",), "many values", "是：值是用顿号连写的几个"),
    Keyword("限", ("parameter",), "bound", "填写的人不得超出的界限，如“≤ 5%”“≤ 上限”（上限 是另一个参数）"),
    # rule
    Keyword("粒度", ("rule", "check", "statement"), "grain", "一个值属于什么：一行数据、一家机构、一个池……"),
    Keyword("类型", ("rule",), "type", "结果的类型，一般不用写"),
    Keyword("类别", ("rule",), "classes", "结果有哪几类"),
    Keyword("公式", ("rule",), "formula", "怎样算"),
    Keyword("分情形", ("rule",), "cases", "条件: 值，取第一个成立的；最后可写 否则"),
    Keyword("按", ("rule",), "by", "分情形按哪个类别名来分"),
    Keyword("表", ("rule",), "decision table", "逐行列出条件和结果；或 CSV 文件的路径；或 待定"),
    Keyword("列", ("rule",), "table columns", "表是 待定 时，将来的表按哪些名称来查"),
    Keyword("舍入", ("rule",), "rounding", "留几位小数；或 {位数, 方式}"),
    Keyword("交来", ("rule",), "delivered", "哪个字段是算好了交来的：有值用它，没有的才按规则算"),
    Keyword("则", ("branch",), "then", "条件成立时的值"),
    Keyword("位数", ("rounding",), "digits", "留几位小数"),
    Keyword("方式", ("rounding",), "mode", "四舍五入（不写即是）、四舍六入五成双、进一 或 去尾"),
    # a declared reading
    Keyword("读法", ("parameter", "rule"), "declared reading", "原文哪里没有写明，可以怎样读，为什么默认这一种"),
    Keyword("未写明", ("reading",), "left open", "原文没有写明的是什么"),
    Keyword("读作", ("reading",), "read as", "每一种读法: 它的意思；参数写全各个类别，规则写可以作公式的名称"),
    Keyword("为什么", ("reading",), "why", "为什么默认取这一种"),
    Keyword("见于", ("reading",), "shows in", "换一种读法，哪些名称、报表的数会变"),
    # check
    Keyword("拒收", ("check",), "reject", "条件成立的行不收"),
    Keyword("提醒", ("check",), "warn", "条件成立的行提醒"),
    Keyword("必须", ("check",), "must hold", "结果必须符合的条件，不符合就停下"),
    Keyword(
        "不成立时",
        ("check",),
        "where it does not hold",
        "必须 不成立怎么办：停止（不写即是）、提醒，或一个类别是 停止、提醒 的参数",
    ),
    Keyword("筛查", ("check",), "screen", "一个条件，或 等级: 条件；得 命中、未命中、不适用 或等级"),
    # statement
    Keyword("列", ("statement",), "columns", "名称的列表；或 名称: 标题；或 名称: {标题, 小数}。键的列自动在前"),
    Keyword("条件", ("statement",), "condition", "只列符合条件的行"),
    Keyword("首要", ("statement",), "first columns", "列里先要看的几列，最要紧的在前；页面上先给它们"),
    Keyword("合计行", ("statement",), "total row", "在哪个粒度上加合计行"),
    Keyword("回填", ("statement",), "fills table", "结果就是以后的程序要读的哪张表"),
    Keyword("标题", ("column",), "heading", "列的标题"),
    Keyword("小数", ("column",), "digits", "显示几位小数"),
    # program
    Keyword("期间", ("program",), "period", "年、季 或 月；几种都行时写列表"),
    Keyword("行", ("program",), "rows", "表: 条件，要哪些行；不写即归期在本期的行"),
    Keyword("规则时点", ("program",), "rules as of", "期初：一律按期初的规则算，而不按各行的日期"),
    Keyword("连续", ("program",), "series", "年：上期的值在一年之内逐期接续"),
    Keyword("排除", ("program",), "exclude", "表: 规则名，规则成立的行不参加"),
    Keyword("需要", ("program",), "need", "表: 规则名，算不出来的行挂起"),
    Keyword("挂起上限", ("program",), "hold limit", "最多可以挂起几行，超过就停下；不写是 0"),
    Keyword("拒收上限", ("program",), "refusal limit", "一张表最多拒收几行，或占多少，如 5%，超过就停下；不写见正文"),
    Keyword("测算", ("program",), "compute", "不读表里的、而由规则算出的名称"),
    Keyword("报表", ("program",), "statements", "要出的报表"),
    # heads
    Keyword("名称", HEAD_KINDS, "name", "给人看的名称"),
    Keyword("沿用", ("region", "module"), "inherits", "在哪些模块或地区之上"),
    Keyword("修订", ("amendment",), "amends", "修订哪个地区"),
    Keyword("施行", ("region", "amendment"), "in force from", "从哪一天起施行"),
    Keyword("文件", HEAD_KINDS, "sources", "依据的文件，简称: {题名, 原文, 不计算, 说明}"),
    Keyword("版本", ("module",), "versions", "第几版: 这一版改了什么；最大的是现在的版本"),
    Keyword("模板", ("region",), "template", "是：自己不结算，供各地沿用"),
    Keyword("示例", ("region",), "demonstration", "是：含虚拟的数，所有输出注明示例"),
    Keyword("题名", ("source",), "title", "文件的全名和文号"),
    Keyword(
        "原文",
        ("source",),
        "original text",
        "全文在本文件夹的哪个文本里，如 原文/办法.txt，由 casemix text 录入；没有取得就不写",
    ),
    Keyword("不计算", ("source",), "not computed", "没有规则的条款和理由，条款: 理由"),
    # a test file
    Keyword("程序", ("test",), "program", "按哪个程序算"),
    Keyword("期间", ("test",), "period", "算哪一期：2025、2025Q1 或 2025-03"),
    Keyword("归期", ("test",), "date of the row", "这一行的日期"),
    Keyword("已知", ("test",), "given", "名称: 值；或 粒度: 竖线分隔的小表"),
    Keyword("应得", ("test",), "expected", "名称: 值；或 粒度: 竖线分隔的小表"),
    Keyword("分情形", ("test",), "cases", "竖线分隔的小表，每行一个例子，最后几列是应得的值"),
)

OPERATOR_WORDS = (
    "且",
    "或",
    "非",
    "有",
    "没有",
    "可算",
    "属于",
    "不属于",
    "是",
    "否",
    "空",
    "当",
    "自",
    "每",
    "按",
)
RESERVED_WORDS = frozenset(
    (
        *OPERATOR_WORDS,
        "否则",
        "原规定",
        "前值",
        "待定",
        "任何",
        "从大到小",
        "从小到大",
        "含以往",
        "限本期",
        "开头",
        "期年",
        "期初",
        "期末",
    )
)
PROVENANCE_WORDS = ("依据", "原句", "状态", "说明")

_SYNONYMS = {
    "备注": "说明",
    "注": "说明",
    "来源": "依据",
    "出处": "依据",
    "条款": "依据",
    "计算公式": "公式",
    "算式": "公式",
    "计算": "公式",
    "缺省": "默认",
    "默认值": "默认",
    "保留": "舍入",
    "保留小数": "舍入",
    "小数位": "小数",
    "小数位数": "小数",
    "值": "取值",
    "限制": "限",
    "上限": "限",
    "枚举": "类别",
    "选项": "类别",
    "周期": "期间",
    "范围值": "范围",
    "继承": "沿用",
    "生效": "施行",
    "名字": "名称",
    "否则": "分情形",
    "预期": "应得",
    "期望": "应得",
    "输入": "已知",
}


@cache
def words(place: str | None = None) -> tuple[str, ...]:
    """The keywords that may stand at ``place``, or all of them, in the order of the table."""
    found = (keyword.word for keyword in KEYWORDS if place is None or place in keyword.places)
    return tuple(dict.fromkeys(found))


@cache
def places_of(word: str) -> tuple[str, ...]:
    """Where a keyword may stand; empty if there is no such keyword."""
    found = {place for keyword in KEYWORDS if keyword.word == word for place in keyword.places}
    return tuple(place for place in PLACES if place in found)


def places_text(places: tuple[str, ...] | list[str]) -> str:
    """``规则、检查``; of many only the first."""
    return "、".join(PLACES[place] for place in places[:4]) + ("等" if len(places) > 4 else "")


def describe(word: str, place: str) -> str:
    return next(k.description for k in KEYWORDS if k.word == word and place in k.places)


def nearest(written: str, candidates: tuple[str, ...]) -> str | None:
    """The keyword probably meant: a synonym, an English name, or the most alike."""
    if _SYNONYMS.get(written) in candidates:
        return _SYNONYMS[written]
    for keyword in KEYWORDS:
        if keyword.english == written.lower() and keyword.word in candidates:
            return keyword.word
    close = difflib.get_close_matches(written, candidates, 1, 0.5)
    return close[0] if close else None
