"""Two runs into one folder at the same time."""

from __future__ import annotations

import shutil
import time

from tests.faults.city import City
from tests.faults.judge import WHOLE, Attempt, Outcome, judged


def two_at_once(city: City, times: int) -> Outcome:
    """Started up to a second apart, every second time with ``--replace`` over a former result.

    The result is whole; at least one run succeeds; one that does not says that another is there.
    """
    outcome, place = Outcome(), city.work / "together"
    for number in range(times):
        out = place / "out"
        more = ("--replace",) if number % 2 else ()
        place.mkdir()
        if more:
            city.engine(*city.settling(city.other, out))
        one = city.started(city.settling(city.data, out, *more))
        time.sleep((number // 2) / max(times // 2, 1))
        two = city.started(city.settling(city.data, out, *more))
        said = [process.communicate()[1] for process in (one, two)]
        codes = sorted(process.returncode for process in (one, two))
        label = f"two at once{' with --replace' if more else ''}"
        attempt = judged(label, one, out, [city.digests], killed=True)
        wrong = attempt.wrong
        if not wrong and (0 not in codes or attempt.out != WHOLE):
            wrong = f"codes {codes}: {said}"
        if not wrong and codes != [0, 0] and not any("另一次运行正在写" in s or "已有一次运行" in s for s in said):
            wrong = f"the other does not say so: {said}"
        if not wrong and codes == [0, 0] and not more:
            wrong = "both say that they wrote it"
        ends = "both, one after the other" if codes == [0, 0] else "one, the other is told"
        outcome.attempts.append(Attempt(label, codes[-1], f"{attempt.out} by {ends}", said[1][-200:], wrong))
        shutil.rmtree(place)
    return outcome
