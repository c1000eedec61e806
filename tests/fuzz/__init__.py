"""Fuzzers over formulas, rulebooks, deliveries and names: no crash, no hang, no injection."""
