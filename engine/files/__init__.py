"""Tables in files as text: encodings, CSV, rows of a wrong shape. Nothing here knows what a table means."""
