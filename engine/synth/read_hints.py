"""Reads the hints of a table; what cannot be made out is left out and complained of, never raised."""

from __future__ import annotations

import re
from typing import Any

from engine.synth.hints import (
    CASES,
    EVENLY,
    MOST_PLACES,
    MOST_ROWS,
    PERIOD,
    UNKNOWN_WORD,
    Again,
    Complaint,
    Hints,
    Make,
    Path,
    Quantity,
    Rows,
    number,
    path,
    span,
)
from engine.synth.words import HOWS, SCOPES, nearest, words


def read_hints(plain: Any) -> tuple[Hints, list[Complaint]]:
    """The hints of one table, the plain mapping that it carries, and what is wrong with them."""
    reader = _Reader()
    return reader.table(plain), reader.complaints


class _Reader:
    def __init__(self) -> None:
        self.complaints: list[Complaint] = []

    def wrong(self, text: object, message: str, hint: str = "", code: str = UNKNOWN_WORD) -> None:
        self.complaints.append(Complaint(code, text if isinstance(text, str) else "", message, hint))

    def mapping(self, plain: Any, scope: str, owner: str) -> dict[str, Any]:
        """``plain`` if it is a mapping, without the words that do not belong there."""
        if not isinstance(plain, dict):
            self.wrong(plain, f"{owner}应是“词: 内容”", f"可以写：{'、'.join(words(scope))}")
            return {}
        for word in plain:
            if word not in words(scope):
                self.wrong(word, f"{owner}里不认识“{word}”", nearest(word, words(scope)))
        return {word: value for word, value in plain.items() if word in words(scope)}

    # -- a table ---------------------------------------------------------------------------------------------------

    def table(self, plain: Any) -> Hints:
        found = self.mapping(plain, "table", SCOPES["table"])
        each = found.get("每个")
        if each is not None and (not isinstance(each, list) or not each):
            self.wrong(each, "每个 后面写主键的列表", "如 [险种, 月份]")
            each = None
        return Hints(
            self.rows(found.get("行数")),
            tuple(each) if each is not None else None,
            self.share(found, "概率"),
            int(self.amount(found, "前后") or 0),
            self.again(found["再次"]) if "再次" in found else None,
            self.makes(found, "字段"),
            self.makes(found, "另设"),
        )

    def makes(self, found: dict[str, Any], word: str) -> dict[str, Make]:
        plain = found.get(word, {})
        if not isinstance(plain, dict):
            self.wrong(plain, f"{word} 下面写“名: 怎么造”")
            return {}
        made = {name: self.make(spec, name) for name, spec in plain.items()}
        return {name: make for name, make in made.items() if make is not None}

    def rows(self, plain: Any) -> Rows | None:
        if plain is None:
            return None
        if isinstance(plain, dict):
            found = self.mapping(plain, "rows", SCOPES["rows"])
            month, most = self.amount(found, "每月", MOST_ROWS), self.amount(found, "最多", MOST_ROWS)
            return Rows(
                None,
                self.amount(found, "每例", MOST_ROWS),
                None if month is None else int(month),
                int(self.amount(found, "最少", MOST_ROWS) or 0),
                None if most is None else int(most),
            )
        if plain == CASES:
            return Rows(per_case=1.0)
        count = number(plain)
        if count is None or count < 0:
            self.wrong(plain, f"行数 看不懂“{plain}”", "写一个数、例数，或 {每例: 0.01, 最少: 30}")
            return None
        if count > MOST_ROWS:
            self.wrong(plain, f"行数 最多 {MOST_ROWS}", "造多少行由 --cases 决定，这里写 例数 或 {每例: …}")
            return None
        return Rows(int(count))

    def again(self, plain: Any) -> Again | None:
        found = self.mapping(plain, "again", SCOPES["again"])
        share, gap = self.share(found, "比例"), span(found.get("相隔"))
        same = found.get("相同")
        if share is None or gap is None or not isinstance(same, list) or not isinstance(found.get("日期"), str):
            self.wrong(
                "再次", "再次 要写 比例、相同、日期、相隔", "如 {比例: 6%, 相同: [编号], 日期: 到达日期, 相隔: 5~60}"
            )
            return None
        if share > 0.24:
            self.wrong(found["比例"], "再次 的比例最多 24%")
            return None
        return Again(share, tuple(same), found["日期"], gap, found.get("停留", ""))

    # -- a value ---------------------------------------------------------------------------------------------------

    def make(self, plain: Any, owner: str) -> Make | None:
        if isinstance(plain, str):
            between = span(plain)
            return Make("整数" if between.whole else "小数", between) if between else Make("常数", plain)
        before = len(self.complaints)
        found = self.mapping(plain, "make", owner)
        hows = [word for word in found if word in HOWS]
        if len(hows) > 1:
            self.wrong(hows[1], f"{owner}同时写了 {'、'.join(hows)}，不知道怎么造", "只留一个")
            return None
        if not hows and "概率" not in found:
            if len(self.complaints) == before:
                self.wrong(owner, f"{owner}没有说怎么造", f"可以写：{'、'.join(HOWS)}")
            return None
        how = hows[0] if hows else "概率"
        detail = self.detail(how, found.get(how), found, owner) if hows else None
        if hows and detail is None:
            return None
        parts = {word: self.quantities(found.get(word), f"{owner}的 {word}") for word in ("乘", "加", "减")}
        return Make(
            how, detail, parts["乘"], parts["加"], parts["减"], self.share(found, "概率"), self.when(found, owner)
        )

    def detail(self, how: str, plain: Any, found: dict[str, Any], owner: str) -> Any:
        before = len(self.complaints)
        made = getattr(self, f"_{_METHODS[how]}")(plain, found, owner)
        if made is None and len(self.complaints) == before:
            self.wrong(plain if isinstance(plain, str) else how, f"{owner}的 {how} 看不懂", _EXAMPLES.get(how, ""))
        return made

    def _numbered(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        spec = self.mapping(plain, "number", f"{owner}的 编号")
        return {"前缀": spec.get("前缀", ""), "位数": int(self.amount(spec, "位数", MOST_PLACES) or 1)}

    def _picked(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        if plain == EVENLY:
            return {}
        if plain == "集中":
            return {"集中": 1.0}
        spec = self.mapping(plain, "pick", f"{owner}的 引用")
        result: dict[str, Any] = {}
        if "集中" in spec:
            result["集中"] = self.amount(spec, "集中")
        weight = spec.get("权重")
        if isinstance(weight, str):
            result["权重"] = weight
        elif isinstance(weight, dict):
            by, columns = weight.get("按"), weight.get("取")
            if not isinstance(by, str) or not isinstance(columns, dict):
                self.wrong("权重", f"{owner}的 权重 看不懂", "写一列，或 {按: 列, 取: {值: 列, 否则: 列}}")
                return None
            result |= {"按": path(by), "各列": dict(columns)}
        return result

    def _chosen(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        if isinstance(plain, list):
            return dict.fromkeys(plain, 1.0) or None
        if not isinstance(plain, dict) or not plain:
            self.wrong(plain if isinstance(plain, str) else "选择", f"{owner}的 选择 看不懂", "如 {甲: 70, 乙: 30}")
            return None
        weights = {text: number(weight) for text, weight in plain.items()}
        for text, weight in weights.items():
            if weight is None or weight < 0:
                self.wrong(text, f"{owner}的 选择 里“{text}”的份额不是数")
                return None
        return weights if sum(w or 0 for w in weights.values()) > 0 else None

    def _ranged(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        result = span(plain)
        if result is None:
            self.wrong(plain if isinstance(plain, str) else owner, f"{owner}的一段数看不懂", "如 1~20、0.45~0.75")
        return result

    def _lognormal(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        spec = self.mapping(plain, "lognormal", f"{owner}的 对数正态")
        result: dict[str, Any] = {}
        for word in ("中位", "离散"):
            quantity = self.quantity(spec.get(word), f"{owner}的 {word}")
            if quantity is None:
                self.wrong("对数正态", f"{owner}的 对数正态 要写 中位、离散", "如 {中位: 8000, 离散: 0.7}")
                return None
            result[word] = quantity
        return result | {word: self.amount(spec, word) for word in ("最低", "最高") if word in spec}

    def _power(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        return number(plain)

    def _dated(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        if not isinstance(plain, str):
            return None
        if plain != PERIOD:
            return {"自": path(plain)}
        months = found.get("月份", {})
        weights = {m: number(w) for m, w in months.items()} if isinstance(months, dict) else {"": None}
        for month, weight in weights.items():
            if month not in {str(n) for n in range(1, 13)} or weight is None:
                self.wrong(month, f"{owner}的 月份 看不懂", "如 {1: 1.2, 2: 0.8}")
                return None
        weekend = self.amount(found, "周末")
        return {"月份": {int(m): w for m, w in weights.items()}, "周末": 1.0 if weekend is None else weekend}

    def _weekday(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        if not isinstance(plain, str):
            return None
        spans = []
        for text in found.get("假日", []):
            first, _, last = text.partition("~")
            for day in (first, last or first):
                if not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", day):
                    self.wrong(text, f"{owner}的 假日 看不懂“{text}”", "写月日，如 01-01、10-01~10-03")
                    return None
            spans.append((first, last or first))
        return {"日期": path(plain), "假日": tuple(spans)}

    def _copied(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        return path(plain) if isinstance(plain, str) else None

    def _summed(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        spec = self.mapping(plain, "sum", f"{owner}的 汇总")
        kinds = [word for word in ("合计", "均值", "计数") if word in spec]
        if len(kinds) != 1 or not isinstance(spec.get("自"), str):
            self.wrong("汇总", f"{owner}的 汇总 看不懂", "如 {合计: 金额, 自: 表}")
            return None
        return {"怎样": kinds[0], "字段": spec[kinds[0]], "自": spec["自"]}

    def _constant(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        return plain if isinstance(plain, str) else None

    def _by(self, plain: Any, found: dict[str, Any], owner: str) -> Any:
        cases = found.get("取")
        if not isinstance(plain, str) or not isinstance(cases, dict):
            self.wrong("按", f"{owner}写了 按，各值怎么造写在 取 下面", "如 {按: 列, 取: {甲: 1~3, 否则: 2}}")
            return None
        made: dict[str, Any] = {}
        for value, spec in cases.items():
            quantity = self.quantity(spec, f"{owner}的 {value}", text=True)
            if quantity is None:
                return None
            made[value] = quantity
        return {"按": path(plain), "取": made}

    # -- small parts -----------------------------------------------------------------------------------------------

    def quantities(self, plain: Any, owner: str) -> tuple[Quantity, ...]:
        if plain is None:
            return ()
        several = plain if isinstance(plain, list) and span(plain) is None else [plain]
        made = [self.quantity(one, owner) for one in several]
        return tuple(one for one in made if one is not None)

    def quantity(self, plain: Any, owner: str, text: bool = False) -> Quantity | None:
        """A number, a span, a column or a recipe; with ``text`` a word is a constant, not a column."""
        if isinstance(plain, dict):
            return self.make(plain, owner)
        if (value := number(plain)) is not None:
            return value
        if (between := span(plain)) is not None:
            return between
        if isinstance(plain, str) and plain:
            return Make("常数", plain) if text else path(plain)
        return None

    def amount(self, found: dict[str, Any], word: str, most: int | None = None) -> float | None:
        if word not in found:
            return None
        value = number(found[word])
        if value is None or value < 0:
            self.wrong(found[word] if isinstance(found[word], str) else word, f"{word} 应是不小于 0 的数")
            return None
        if most is not None and value > most:
            self.wrong(found[word], f"{word} 最多 {most}")
            return None
        return value

    def share(self, found: dict[str, Any], word: str) -> float | None:
        value = self.amount(found, word)
        if value is not None and value > 1:
            self.wrong(found[word], f"{word} 应在 0 和 100% 之间")
            return None
        return value

    def when(self, found: dict[str, Any], owner: str) -> tuple[Path, str] | None:
        plain = found.get("当")
        if plain is None:
            return None
        if not isinstance(plain, dict) or len(plain) != 1 or not isinstance(next(iter(plain.values())), str):
            self.wrong("当", f"{owner}的 当 写“列: 值”", "如 当: {通过: 是}")
            return None
        column, value = next(iter(plain.items()))
        return path(column), value


_METHODS = {
    "编号": "numbered", "引用": "picked", "选择": "chosen", "整数": "ranged", "小数": "ranged", "对数正态": "lognormal",
    "幂律": "power", "日期": "dated", "平日": "weekday", "列": "copied", "汇总": "summed",
    "常数": "constant", "按": "by",
}  # fmt: skip
_EXAMPLES = {"日期": "期间，或一个日期字段", "平日": "一个日期字段", "列": "字段，或 引用字段.列", "幂律": "如 1.1"}
