"""A long run without hypothesis: ``python campaign.py FIRST COUNT``. Prints each fault, made small.

``CASEMIX_ENGINES=postgresql`` picks the databases.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2]))

from both import Compared, at_length, both, problems_of, smaller  # noqa: E402
from rulebooks import Case, Maker  # noqa: E402

SHOWN = 6


def mark_of(found: Compared) -> str:
    """What tells faults apart: of a crash its last line and place."""
    lines = found.detail.strip().splitlines()
    if found.kind not in ("坏", "判"):
        return found.detail[:80]
    at = [line.strip() for line in lines if line.strip().startswith("File") and "/engine/" in line]
    return f"{lines[-1][:100]} @ {at[-1].split('/')[-1] if at else ''}"


def show(seed: int, case: Case, found: Compared, small: bool) -> None:
    refused, mark = problems_of(case), mark_of(found)
    print(f"=== {seed} {found.kind} accepted={not refused} {mark}", flush=True)
    if not small:
        return

    def still(one: Case) -> bool:
        other = both(one, found.kind == "询")
        if other.kind != found.kind or (found.kind != "异" and mark_of(other) != mark):
            return False
        return bool(refused) or not problems_of(one)

    case = smaller(case, still)
    print(case.text(), case.notice_start if case.notice else "", case.notice)
    print({table: rows for table, rows in case.rows.items() if rows}, case.period, case.start, case.published)
    print(both(case, found.kind == "询").detail[-1500:], *refused[:3], flush=True)


def main(first: int, count: int) -> None:
    kinds: Counter[str] = Counter()
    why: Counter[str] = Counter()
    seen: set[str] = set()
    started = time.time()
    for seed in range(first, first + count):
        case, found = at_length(Maker(Random(seed)).make(), seed % 3 == 0)
        kinds[found.kind] += 1
        if found.wrong or found.kind == "判":
            if found.kind == "异" or mark_of(found) not in seen:
                show(seed, case, found, len(seen) < SHOWN)
            seen.add(mark_of(found))
        elif found.kind != "同":
            text = found.stopped[min(1, len(found.stopped) - 2)] if found.kind == "停" else found.detail
            why[found.kind + " " + "".join(c for c in text if not c.isdigit())[:70]] += 1
    print(dict(kinds), f"{time.time() - started:.1f}s")
    for text, n in why.most_common(14):
        print(n, text)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
