"""Which names of files and folders that come from a page may be made: what any system takes for one plain name."""

from __future__ import annotations

import re

LONGEST = 200
"""Bytes of a name."""
_STRANGE = re.compile(r'[/\\:*?"<>|]')
_SPACES = re.compile("[\u00a0\u3000]")
_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE)
"""What Windows takes for a device, with any ending."""


def is_plain(name: str) -> bool:
    """Whether ``name`` is one that can be seen as it is: no path, no sign that is not shown, no device."""
    return (
        bool(name)
        and _SPACES.sub(
            "", name
        ).isprintable()  # neither NUL, line breaks, halves of signs nor what turns the direction of writing
        and name == name.strip()
        and not name.startswith((".", "_"))
        and not name.endswith(".")
        and not _STRANGE.search(name)
        and not _DEVICE.match(name)
        and len(name.encode()) <= LONGEST
    )
