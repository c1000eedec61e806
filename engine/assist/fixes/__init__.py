"""What would mend a problem: small changes of the text, each with a title that says what it does."""

from engine.assist.fixes.entries import put_in
from engine.assist.fixes.every import Mended, mended
from engine.assist.fixes.fix import Edit, Fix, offset_of
from engine.assist.fixes.offered import fixes, tried

__all__ = ["Edit", "Fix", "Mended", "fixes", "mended", "offset_of", "put_in", "tried"]
