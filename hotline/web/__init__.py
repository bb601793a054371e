"""The desks and the doors: Flask, and nothing of it elsewhere."""
