"""Casemix: a region's payment policy as a folder of YAML, checked, settled exactly and explained."""

__version__ = "0.1.0"
