"""Questions that take more than one solve."""
