"""The error for what a rule asks on data rows and no database can compute: it ends as a sentence to whoever wrote the
rule.
"""

from __future__ import annotations


class NotInSql(Exception):
    """Something of the language that this engine cannot compute on data rows: a Chinese sentence."""


def too_long(name: str) -> NotInSql:
    """Of a name whose exact values do not fit."""
    return NotInSql(f"{name} 的精确值太长，数据行上放不下；给它写明 舍入")
