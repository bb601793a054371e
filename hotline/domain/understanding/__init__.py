"""What people say, read as a place and a class."""
