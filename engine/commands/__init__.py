"""One file a command: options, and what the terminal shows."""
