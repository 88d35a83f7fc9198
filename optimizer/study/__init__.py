"""Many solves: tasks, the processes that search them, the folder that keeps what they found, and the set of plans."""
