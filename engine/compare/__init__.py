"""Two or more results side by side: the same region on several engines, before and after a change of its rules."""
