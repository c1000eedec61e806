"""The figures of a region as a workbook, and what was changed in it back into the files, line by line."""
