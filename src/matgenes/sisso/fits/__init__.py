"""Least squares of one formula: the problem, centred and scaled task by task, its rows, and fits of single tuples."""
