"""The folder of these tests is importable, for the invented city."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
