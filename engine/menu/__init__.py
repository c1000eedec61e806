"""The choices that measures differ in, and a new region that holds what was chosen.

A menu is data (``templates/SCHEME/菜单.yaml``): questions, options, and what each option writes. No question, option or
term of a policy stands here.
"""
