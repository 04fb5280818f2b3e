"""What follows from the answers: networks of who and what, whatif, sources, timelines."""
