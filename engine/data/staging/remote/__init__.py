"""A table of a database typed where it is, with the outcome of :mod:`engine.data.load`.

``stage.stage_remote`` types it by one query into one table of the run; rows that SQL is not sure of are typed in
Python. What differs between databases is a ``dialect.Dialect``; ``postgres`` is one.
"""
