"""The judge: slow, obvious, exact.

Expressions run in simpleeval over fractions; aggregates and windows are plain Python.
"""
