"""From a space to formulas: the loop of screening and search, models as expressions, their columns and plain form."""
