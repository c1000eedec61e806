"""What is right and yet hard to read, or likely not what was meant: a finding each, with what would be better."""
