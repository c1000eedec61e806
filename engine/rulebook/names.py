"""What a name may be, and what a date is: the formats the schemas name."""

from __future__ import annotations

import datetime
import re
import unicodedata

from engine.language.alike import UNSEEN, foreign_letter, plain
from engine.rulebook.keywords import PROVENANCE_WORDS, RESERVED_WORDS, places_of
from engine.rulebook.nodes import Scalar
from engine.rulebook.problems import Place, Problem

MAX_LENGTH = 40
_NAME = re.compile(r"[0-9]*[^\W\d]\w*")
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_LOOKALIKE = re.compile(
    "[\u2e80-\u2fdf\uf900-\ufa0d\ufa10\ufa12\ufa15-\ufa1e\ufa20\ufa22\ufa25\ufa26\ufa2a-\ufaff\U0002f800-\U0002fa1f]"
)
"""Radicals and compatibility ideographs: they look like the usual character and are another."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


FROM_THE_START = "施行"
"""Written for a date of 取值: the day on which the layer it stands in comes into force."""


def is_date(text: object) -> bool:
    try:
        return bool(_DATE.fullmatch(str(text)) and datetime.date.fromisoformat(str(text)))
    except ValueError:
        return False


def is_day_of_value(text: object) -> bool:
    return str(text) == FROM_THE_START or is_date(text)


def fault_of(name: str) -> str:
    """What is wrong with a name as a name in formulas; empty if nothing."""
    if len(name) > MAX_LENGTH:
        return f"超过 {MAX_LENGTH} 个字"
    if name in RESERVED_WORDS:
        return "是公式里的词"
    if re.fullmatch(r"\d+", name):
        return "全是数字"
    if wide := _FULL_WIDTH.search(name):
        return f"含全角的“{wide[0]}”"
    if look := _LOOKALIKE.search(name):
        usual = unicodedata.normalize("NFKC", look[0])
        usual = f"，不是“{usual}”" if usual != look[0] else ""
        return f"含部首或兼容字“{look[0]}”（U+{ord(look[0]):04X}）{usual}，多半从 PDF 带来，请重打"
    if letter := foreign_letter(name):
        return f"含“{letter}”（U+{ord(letter):04X}），看上去是“{plain(letter)}”，却是西里尔或希腊字母"
    if UNSEEN.search(name):
        return "含看不见的字符"
    if odd := re.search(r"[\W¹²³¼-¾⁰-₉]", name):
        return "含空格" if odd[0].isspace() else f"含“{odd[0]}”" if odd[0].isprintable() else "含看不见的字符"
    return "" if _NAME.fullmatch(name) else "不是名称"


def fault_of_entry(name: str) -> str:
    return fault_of(name) or ("是关键字" if places_of(name) else "")


def fault_of_field(name: str) -> str:
    return fault_of(name) or ("是关键字" if name in PROVENANCE_WORDS else "")


def fault_of_source(name: str) -> str:
    if len(name) > MAX_LENGTH:
        return f"超过 {MAX_LENGTH} 个字"
    return "含空格或看不见的字符" if any(c.isspace() or not c.isprintable() for c in name) else ""


def fault_of_class(word: str) -> str:
    """What is wrong with a class: anything may be one that can be told from the words about it."""
    if len(word) > MAX_LENGTH:
        return f"超过 {MAX_LENGTH} 个字"
    if word in RESERVED_WORDS and word not in ("是", "否", "期年", "期初", "期末"):
        return "是公式里的词"
    if word != word.strip():
        return "前后有空格"
    if odd := next((c for c in word if not c.isprintable()), ""):
        return f"含看不见的字符（U+{ord(odd):04X}）"
    return next((f"含“{c}”" if c not in "“”" else "含引号" for c in word if c in '、“”"|'), "")


def bad_class(place: Place, word: str, fault: str) -> Problem:
    hint = "类别里不用引号和 |，不与 有、没有、空、任何、否则 这些公式里的词相同，不超过 40 个字，例如写成 “不限”"
    if "、" in word:
        hint = f"几个类别用逗号隔开：[{', '.join(part.strip() for part in word.split('、'))}]"
    return Problem("E127", place, f"类别“{word[:50]}”不行：{fault}", hint)


FAULTS = {
    "class-word": fault_of_class,
    "entry-name": fault_of_entry,
    "field-name": fault_of_field,
    "source-name": fault_of_source,
}


def bad_name(place: Place, name: str, fault: str) -> Problem:
    hint = "名称由汉字、字母、数字组成，不含空格、标点、运算符和括号，不超过 40 个字，不与关键字和公式里的词相同"
    if "“：”" in fault:
        hint = "名称后面写半角的冒号，加一个空格：“名称: 内容”"
    return Problem("E127", place, f"名称“{name[:50]}”不行：{fault}", hint)


def entry_name_is_bad(key: Scalar, name: str) -> list[Problem]:
    fault = fault_of_entry(name)
    return [bad_name(key.place, name, fault)] if fault else []


def field_name_is_bad(key: Scalar, name: str) -> list[Problem]:
    fault = fault_of_field(name)
    return [bad_name(key.place, name, fault)] if fault else []
