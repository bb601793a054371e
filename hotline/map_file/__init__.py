"""The county's map as a file: read, checked line by line, assembled, imported."""
