"""Asking servers of others for data: with patience, within limits, and without believing what they answer."""

from __future__ import annotations
