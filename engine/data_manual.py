"""``docs/data.md`` from the YAML: the tables of every region that ships, and the words that may stand under 合成."""

from __future__ import annotations

from pathlib import Path

from engine.language.types import Kind
from engine.language.values import render
from engine.rulebook.book import Book, load
from engine.rulebook.locate import shipped
from engine.rulebook.model import OFFICIAL, Field, Table
from engine.synth.defaults import digits_of
from engine.synth.needed import columns_to_make
from engine.synth.words import SCOPES, WORDS

MANUAL = Path(__file__).resolve().parent.parent / "docs" / "data.md"

HEAD = """\
# 数据字典

这一页由 `python -m engine.manual` 从 YAML 写成，不要手改；要改，改 `rules/` 和 `regions/` 里表的 字段、说明。

数据放在一个文件夹里，一张表一个文件：`表名.parquet`、`表名.csv`、`表名.xlsx` 或 `表名.xls`，列名就是字段名；\
`casemix run --data` 读它。
Spark 等写出的、分成几份的表也可以：文件夹 `表名.parquet` 里放 `part-….parquet`（列要相同；按列分区的先写成不分区的），\
报错时的行数按文件名的次序连着数。
类型一栏里，“元”“点”“天”等是带单位的数，括号里是最多几位小数，多了的行不收；\
“→ 表”是那张表的主键；“年月”写 2025-03；“是否”写 是 或 否。
日期可以带时刻（`2025-01-04 10:30:11`），只取那一天；工作簿里日期的序号也读。\
1900-01-01、9999-12-31 之类是程序在没有日期时填的，不收：没有日期就空着，\
或在映射里写 `空值`；有效期的止日写它表示没有止日。
主键、引用和写了 `标识: 是` 的文本是认人、认机构的号：`4.10881E+17`、`1464.0` 这样被电子表格改写过的不收，\
18 位的号有二十分之一以上末三位是 0 的整份不收；固定几位的（长度）位数不对的行不收。
必填一栏：“是”是不能空着；“默认 …”是空着时取的值；没有写的可以空着。\
来源一栏：“算”表示由某个程序算出后写回（`回填`），不用另交。

没有真实数据时，`casemix synth 地区 --cases 100000 --period 2022-01..2025-12 --out 文件夹` 造一份，见最后一节。
"""

HOW = """\
# 合成数据的提示

`合成:` 写在表里，或单独放一个文件（只写表名和 `合成:`），不影响任何计算。上一层写的按字段盖过下一层的。\
没有提示的字段按类型、范围、默认、类别来造，
引用总是指到有的行。同一个 `--seed` 造出的行逐字相同。归期是日期的表才有坏行（`--bad`）。

```yaml
行程:
  合成:
    行数: 例数
    再次: {比例: 6%, 相同: [乘客], 日期: 到达日期, 相隔: 5~60, 停留: 天数}
    字段:
      编号: {编号: {前缀: T, 位数: 9}}
      车号: {引用: {权重: 常用}}
      到达日期: {日期: 期间, 月份: {2: 0.8}, 周末: 0.6}
      出发日期: {日期: 到达日期, 减: 天数}
      报送日期: {日期: 到达日期, 加: {选择: {0~4: 98, 12~40: 2}}}
      费用: {对数正态: {中位: 车号.平常费用, 离散: 0.7}}
      补贴: {列: 费用, 乘: 0.1~0.4, 概率: 20%}
车辆:
  合成:
    行数: {每例: 0.001, 最少: 10, 最多: 600}
    另设:
      常用: {幂律: 0.9}
      平常费用: {对数正态: {中位: 300, 离散: 0.5}}
```
"""


def text() -> str:
    """The whole page."""
    parts = [HEAD]
    seen: dict[str, str] = {}
    for folder in sorted(path.parent for path in shipped("regions").glob("*/region.yaml")):
        parts.append(_region(load(folder), seen))
    parts += [HOW, _words()]
    return "\n".join(parts)


def _region(book: Book, seen: dict[str, str]) -> str:
    """A region's tables; those that stand word for word under an earlier region are only named."""
    snapshot = book.at(book.epochs[-1])
    delivered = columns_to_make(snapshot)
    lines = [f"# {book.title}（{book.name}）", ""]
    same: dict[str, list[str]] = {}
    for table in snapshot.tables.values():
        described = _table(table, delivered.get(table.name))
        if described in seen:
            same.setdefault(seen[described], []).append(table.name)
        else:
            seen[described] = book.name
            lines.append(described)
    lines += [f"与 {region} 相同的表：{'、'.join(names)}。\n" for region, names in same.items()]
    return "\n".join(lines)


def _table(table: Table, delivered: tuple[str, ...] | None) -> str:
    about = table.provenance
    facts = [f"主键：{'、'.join(table.key) or '（无）'}"]
    if table.period_field:
        facts.append(f"归期：{table.period_field}")
    if table.rows_file is not None:
        facts.append("行随地区走，不用交")
    elif table.rows_required:
        facts.append("行随地区走，待定")
    elif table.optional:
        facts.append("可以不交")
    elif table.sparse:
        facts.append("要交，可以缺行")
    status = "" if about.status == OFFICIAL else f"，{about.status}"
    lines = [f"## {table.name}", ""]
    if about.note:
        lines += [about.note + "。" if about.note[-1] not in "。！？" else about.note, ""]
    lines += [f"{'；'.join(facts)}。依据：{about.cite}{status}。", ""]
    lines += ["| 字段 | 类型 | 必填 | 范围 | 来源 | 说明 |", "|---|---|---|---|---|---|"]
    for field in table.fields.values():
        given = table.rows_file is None and not table.rows_required and field.name not in (delivered or table.fields)
        lines.append(
            row([field.name, _type(field), _required(table, field), _range(field), "算" if given else "", _note(field)])
        )
    return "\n".join([*lines, ""])


def row(cells: list[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _type(field: Field) -> str:
    if field.refers is not None:
        return f"→ {field.refers}"
    if field.type.kind is Kind.CLASS:
        return "、".join(field.type.classes)
    return f"{field.type}（{digits_of(field)}）" if field.type.kind is Kind.NUMBER else str(field.type)


def _required(table: Table, field: Field) -> str:
    if field.has_default:
        return f"默认 {render(field.default)}"
    return "" if field.nullable and field.name not in table.key else "是"


def _range(field: Field) -> str:
    wildcard = "或 任何" if field.wildcard else ""
    return f"{field.range if field.range is not None else ''}{wildcard}"


def _note(field: Field) -> str:
    status = "" if field.provenance.status == OFFICIAL else f"（{field.provenance.status}）"
    return f"{field.provenance.note}{status}"


def _words() -> str:
    lines = ["| 在哪里 | 词 | 说明 |", "|---|---|---|"]
    for scope, where in SCOPES.items():
        lines += [row([where, f"`{word.word}`", word.description]) for word in WORDS if word.scope == scope]
    return "\n".join([*lines, ""])
