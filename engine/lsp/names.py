"""Files by their own paths, and by those that the editor opened them by: a folder may have been opened by a link."""

from __future__ import annotations

from pathlib import Path


class Names:
    def __init__(self) -> None:
        self._opened: dict[Path, Path] = {}

    def real(self, opened: Path) -> Path:
        """The path that rules are read by; a file that is a link itself stays where it lies."""
        folder, named = opened.parent.resolve(), opened.parent
        if folder != named:
            real = folder / opened.name
            while folder.name == named.name and folder != folder.parent:
                folder, named = folder.parent, named.parent
            self._opened[folder] = named
            return real
        return opened

    def opened(self, real: Path) -> Path:
        """As the editor knows it, as far as something near it was opened by a link."""
        for folder, named in self._opened.items():
            if real.is_relative_to(folder):
                return named / real.relative_to(folder)
        return real
