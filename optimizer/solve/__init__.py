"""HiGHS: hand-over, search strategy, progress."""
