"""Looking a table over: one small function a rule, ``_check`` runs them all."""
