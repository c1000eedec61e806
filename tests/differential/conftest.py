"""Lets the tests of this folder share what makes rulebooks, and find the engine."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))
