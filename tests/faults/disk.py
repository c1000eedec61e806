"""Disks that fill: a small tmpfs for ``--out`` or for TMPDIR, of many sizes; folders that cannot be written."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.city import City
from tests.faults.judge import ABSENT, Attempt, Outcome, judged


class CannotMount(Exception):
    """Why there is no small disk here."""


@contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """A tmpfs of that size. Raises :class:`CannotMount`."""
    place.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or shutil.which("mount") is None:
        raise CannotMount("only root can mount a small disk")
    asked = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
    done = subprocess.run(asked, capture_output=True, text=True)
    if done.returncode:
        raise CannotMount(f"mounting is not allowed here ({done.stderr.strip()[:80]})")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def sizes(times: int, largest: int) -> list[int]:
    """Kilobytes from very little to ``largest``, denser below."""
    return sorted({max(16, round(largest * ((number + 1) / times) ** 2)) for number in range(times)})


def full_out(city: City, times: int) -> Outcome:
    """``--out`` on a disk too small for the result, in all three formats."""
    return _filled(city, times, "out", 2600, ("--format", "csv", "--format", "xlsx"))


def full_temporary(city: City, times: int) -> Outcome:
    """TMPDIR on a disk too small for what the run keeps there."""
    return _filled(city, times, "tmp", 4200, ())


def _filled(city: City, times: int, which: str, largest: int, more: tuple[str, ...]) -> Outcome:
    outcome, place = Outcome(), city.work / f"full-{which}"
    for size in sizes(times, largest):
        try:
            with small_disk(place / "disk", size) as disk:
                out = disk / "out" if which == "out" else place / "out"
                process = city.started(city.settling(city.data, out, *more), disk if which == "tmp" else None)
                attempt = judged(f"{size} KB", process, out, [city.digests])
                outcome.attempts.append(_with_remedy(attempt))
        except CannotMount as reason:
            return Outcome(skipped=str(reason))
        shutil.rmtree(place / "out", ignore_errors=True)
    return outcome


def _with_remedy(attempt: Attempt) -> Attempt:
    """A full disk has to be told as such, with what to do."""
    if attempt.wrong or attempt.out != ABSENT or ("空间" in attempt.said and "→" in attempt.said):
        return attempt
    return Attempt(attempt.label, attempt.ended, attempt.out, attempt.said, f"not said: {attempt.said[-300:]}")


def places(city: City, times: int) -> Outcome:
    """``--out`` where it cannot be: read-only, below a file, on a file, through a link; data that may not be read.

    Root may write and read everything; so it gives up that right first, where ``setpriv`` is there.
    """
    outcome, place = Outcome(), city.work / "places"
    for number in range(times):
        here = place / str(number)
        here.mkdir(parents=True)
        outcome.attempts += _places(city, here)
    shutil.rmtree(place)
    return outcome


def _places(city: City, place: Path) -> list[Attempt]:
    allowed = [city.digests]
    (place / "file").write_text("x")
    (place / "strange").mkdir()
    (place / "strange" / "mine.txt").write_text("x")
    found = []
    for out in (place / "file", place / "file" / "out", place / "strange", Path("/proc/out"), place / ("长" * 90)):
        process = city.started(city.settling(city.data, out))
        attempt = judged(f"--out {out.name[:9]}", process, place / "never", allowed)
        kept = (place / "file").read_text() == "x" and (place / "strange" / "mine.txt").read_text() == "x"
        found.append(attempt if kept else Attempt(attempt.label, attempt.ended, "harm", wrong="a foreign file is gone"))
    (place / "real").mkdir()
    (place / "link").symlink_to(place / "real")
    process = city.started(city.settling(city.data, place / "link"))
    found.append(judged("--out is a link to a folder", process, place / "real", allowed))
    (place / "dangling").symlink_to(place / "nowhere" / "deep")
    process = city.started(city.settling(city.data, place / "dangling"))
    found.append(judged("--out is a link to nothing", process, place / "nowhere" / "deep", allowed))
    locked = place / "locked"
    shutil.copytree(city.data, locked)
    (locked / "病例.parquet").chmod(0)
    closed = place / "closed"
    closed.mkdir()
    closed.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return found
    unprivileged = _WITHOUT_RIGHTS if os.geteuid() == 0 else ()
    process = city.started(city.settling(locked, place / "o1"), before=unprivileged)
    found.append(_refused(judged("data without permission", process, place / "o1", allowed)))
    process = city.started(city.settling(city.data, closed / "o"), before=unprivileged)
    found.append(_refused(judged("read-only --out", process, closed / "o", allowed)))
    return found


def _refused(attempt: Attempt) -> Attempt:
    if attempt.wrong or attempt.ended:
        return attempt
    return Attempt(attempt.label, 0, attempt.out, attempt.said, "not refused")


_WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
"""Root, bound by permissions like anyone."""
