"""The rules across rows and tables that a scenario must keep, by subject."""
