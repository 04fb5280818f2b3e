"""The trained part of the annotator: words of a text in, what the network sees in them out."""
