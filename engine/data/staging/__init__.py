"""Rows of one table typed inside DuckDB, with exactly the outcome of :mod:`engine.data.load`.

``stage.stage_table`` lays a view over a file, ``records.stage_loaded`` and ``records.stage_records`` upload rows that
were typed in Python; all give a ``model.StagedTable``.
"""
