"""Tables in and out: places and their files, cells to typed values, and the folder a run leaves behind."""
