"""A cell of a result as people read it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any


def shown(cell: Any) -> str:
    """A cell as text: 是 / 否, 2025-03-01, every decimal that it has; absent is empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)
