"""Faults for real: whole processes that are killed, starved, cut off and lied to."""
