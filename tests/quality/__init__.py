"""The ruler for plans: laws of a plan that a group would carry out, measured on a plan and its input."""
