"""Runs a program of a region over data and writes its ``--out`` folder: ties checking, engines and files together."""

from engine.settle.run import Part, settle

__all__ = ["Part", "settle"]
