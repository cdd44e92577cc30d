"""Handbooks: procedures that a machine can read, the check of a table against one, and the sheets made from it.

The shipped ones lie beside this file as TOML; ``handbook.schema.json`` describes such files to editors.
"""
