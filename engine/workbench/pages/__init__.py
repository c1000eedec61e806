"""The pages, one a file or a folder, with a line each in :mod:`engine.workbench.pages.registry`."""
