"""How far a long work is, told as data, and how it is cancelled from outside."""
