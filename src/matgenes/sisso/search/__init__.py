"""The sparsifying operator: exhaustive searches for the best tuples of a few selected features."""
