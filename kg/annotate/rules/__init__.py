"""The automatic annotator made of lexicons and patterns over sentences: no model, no network, linear in the text."""
