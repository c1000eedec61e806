"""Long work as child processes, one after the other, in a folder that outlives whoever asked for it."""
