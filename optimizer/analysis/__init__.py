"""Questions answered by more than one solve."""
