"""A cell of a file to a typed value, kind by kind; never by detection."""
