"""Who may speak to the workbench, and what a page may do (``docs/workbench/security.md``)."""
