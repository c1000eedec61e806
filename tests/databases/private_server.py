"""What the private servers of tests have in common: where their files lie, and whom they run as."""

from __future__ import annotations

import os
import pwd
import shutil


def user_of(*names: str) -> str | None:
    """Whom a server that refuses root runs as: the first of these that there is."""
    for name in names:
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


def memory_disk() -> str | None:
    """Where files need no disk, if there is room."""
    disk = "/dev/shm"
    return disk if os.access(disk, os.W_OK) and shutil.disk_usage(disk).free > 2**31 else None
