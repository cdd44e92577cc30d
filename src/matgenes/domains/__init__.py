"""Rooms of the domains: raw data of an instrument or a code become quantities with units, uncertainty and origin.

A domain reads, computes on plain arrays, says how sure it is, and hands over a ``data.Dataset``; domains never import
each other, and nothing in the hub imports a domain.
"""
