"""Article -> annotation: by a person's file (`from_file`)."""
