"""Answers become pages: the chart *who → what → only if*, networks, and the page that carries them.

A picture is plain data first (`shapes.Picture`, testable without a browser) and markup second (`picture`).
"""
