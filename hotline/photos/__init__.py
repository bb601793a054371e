"""What photos look like, and finding those that look alike."""
