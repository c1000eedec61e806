"""What would it do: two states of a region's rules over the same data, each run from a frozen copy of its files."""
