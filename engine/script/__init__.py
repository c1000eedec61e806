"""A program as an SQL script that people read: what a run asks of its database, in order, with names and articles."""
