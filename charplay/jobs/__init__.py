"""Jobs: training runs, each in a process and a folder of its own."""
