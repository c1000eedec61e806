"""The expression language: values, types and units, syntax tree, parser, function signatures."""
