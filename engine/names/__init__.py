"""The names of a rulebook: what each is, what holds today, who reads it, and whether it waits to be replaced.

The list is made once (:func:`engine.names.listing.names_of_book`); the terminal, the pages of the manual, Python and
whoever helps while rules are written read the same.
"""
