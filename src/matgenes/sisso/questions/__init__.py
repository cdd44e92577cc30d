"""What a fitted search can be asked: chance, error bars, stability, alternatives, what would be simpler or cheaper."""
