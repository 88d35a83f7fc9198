"""Questions that take more than one solve: what differs, what levers give, what a month costs, what else could be."""
