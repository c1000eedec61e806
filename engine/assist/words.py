"""Words that the language itself has, with what they mean: in formulas, in cells of tables, behind keywords."""

from __future__ import annotations

from engine.language.functions import OLD_VALUE, VALUE_BEFORE
from engine.lint.findings import CODES, OFF

YES = ("是",)
OPERATORS = {
    "且": "两边都成立",
    "或": "至少一边成立",
    "属于": "是列出的几个之一（属于 甲、乙），或在区间里（属于 [0, 60)）",
    "不属于": "不是列出的几个，也不在区间里",
    "开头": "属于 后面的编码，凡是这样开头的都算：属于 A1 开头",
}
"""What stands behind a value."""
OPERANDS = {
    "有": "后面的名称有值，不空着",
    "没有": "后面的名称空着",
    "非": "后面的条件不成立",
    "可算": "后面的算得出来，不缺数",
    "是": "成立",
    "否": "不成立",
    "空": "没有值",
    "期年": "所算的这一期的年份",
    "期初": "所算的这一期的第一天",
    "期末": "所算的这一期的最后一天",
}
"""What stands where a value is expected."""
CLAUSES = {
    "当": ("where", "只看符合条件的行：合计(甲, 当 条件)"),
    "自": ("source", "从哪个粒度的行来：合计(甲, 自 粒度)"),
    "每": ("per", "在哪一组里：每 后面的名称相同的行是一组"),
    "按": ("by", "按什么的先后排"),
    "从大到小": ("descending", "大的排在前面"),
    "从小到大": ("descending", "小的排在前面"),
    "含以往": ("history", "本期以前的行也看"),
    "限本期": ("history", "只看本期的行"),
    "范围": ("within", "每一步的结果落在哪里：范围 [0, 100]"),
    "舍入": ("rounded", "每一步留几位小数：舍入 2"),
}
"""What stands behind a comma in a function that takes such a clause."""
CELLS = {
    "任何": "这一格不管是什么",
    "其余": "别的行在这一列都没有列到的",
    "有": "这一格有值",
    "没有": "这一格空着",
    "是": "成立",
    "否": "不成立",
    "空": "没有值",
}
"""What a cell of a decision table may say."""
OTHERWISE = {"否则": "前面的条件都不成立时"}
BEFORE = {VALUE_BEFORE: "沿(首行, 后行, …) 的后行里：前面一行推出的结果"}
REPLACED_VALUE = {OLD_VALUE: "替换以前的规定算出的值"}
LEFT_OPEN = {"待定": "还没有规定，由当地给出"}
IN_FORCE = {"施行": "所在那一层施行的那一天"}
STATUSES = {
    "正式": "办法就是这样写的",
    "转述": "不是原文，是从别处转述的",
    "暂定": "原文没有写明，先这样定",
    "待定": "还没有规定，由当地给出",
}
PERIOD_FIELDS = {"起": "这一行从这天起有效", "止": "这一行到这天为止有效"}
MEANINGS = {
    **STATUSES, **PERIOD_FIELDS,
    **LEFT_OPEN, **IN_FORCE, **OTHERWISE, **CELLS, **OPERANDS, **OPERATORS, **BEFORE, **REPLACED_VALUE,
    **{word: meaning for word, (_, meaning) in CLAUSES.items()},
}  # fmt: skip
VALUES = {
    **dict.fromkeys(("可缺行", "任何", "备查", "多值", "模板", "示例", "代替规则"), YES),
    "可空": YES,
    "标识": ("是", "否"),
    "追溯": YES,
    "状态": ("正式", "转述", "暂定", "待定"),
    "有效期": ("起", "止"),
    "规则时点": ("期初",),
    "连续": ("年",),
    "期间": ("年", "季", "月"),
    "方式": ("四舍五入", "四舍六入五成双", "进一", "去尾"),
    OFF: tuple(CODES),
}
"""What may stand behind a keyword that takes one of a few words."""
STOPS_OR_WARNS = ("停止", "提醒")
TYPES = ("文本", "日期", "年月", "整数", "数", "是否", "区间")
NO_NUMBERS = ("文本", "日期", "年月", "是否", "类别", "区间")
OF_PERIODS = ("日期", "年月", "年", "整数")
"""What a field may be by which rows belong to a period."""
