"""One way to lay a rules file out: ``laid_out`` of a text is the same rules, comments and order, written evenly."""
