"""Foreign formats, out and in: `rdf` (Turtle, TriG, N-Quads, JSON-LD)."""
