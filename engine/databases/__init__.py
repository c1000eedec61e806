"""The databases that settle and hold tables: a folder an engine, a line of ``registry`` each."""
