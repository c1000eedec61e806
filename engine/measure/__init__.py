"""The text of a measure: brought in from a file, cut into articles, held against the rules that state it."""
