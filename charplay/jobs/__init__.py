"""Jobs: training runs in processes of their own, each in a folder of its own."""
