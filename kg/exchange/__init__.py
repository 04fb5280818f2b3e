"""Foreign formats, out and in.

- `formats`: which there are, by name, ending or what is in a folder
- `rdf`: every graph as Turtle, TriG, N-Quads, JSON-LD
- `readings`, `marks`: articles with their readings, as marks on the text and links between them; from there `brat`, `uima`, `web`
- `tables`: what was read as CSV, Parquet, SQLite
"""
