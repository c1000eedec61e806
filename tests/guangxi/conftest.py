"""Lets the tests of this folder find the engine."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
