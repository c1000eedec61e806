"""YAML to a resolved, checked rulebook."""
