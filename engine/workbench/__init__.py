"""The workbench: pages and HTTP over what the command line and Python do, for one person on their own machine.

Nothing is worked out here, and nothing here knows what a region calls its tables or values.
"""
