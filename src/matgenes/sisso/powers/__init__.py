"""Products of powers: the same search for the logarithm of the target, on logarithms of features."""
