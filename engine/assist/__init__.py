"""Help while rules are written: what may stand here, what a name is, where it is used, how to mend what is wrong.

Editors and pages ask; no editor's protocol is in it. Places are offsets in a file's text.
"""
