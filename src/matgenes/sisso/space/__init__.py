"""The feature space: operators with units, features as a table of integers, rung by rung, and its screening."""
