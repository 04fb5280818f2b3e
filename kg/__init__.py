"""Proviso: who committed to what, on what condition, said by whom, in exactly which words."""

__version__ = "0.1.0"
