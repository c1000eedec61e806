"""The interface for programs: JSON over HTTP, with the token in a header."""
