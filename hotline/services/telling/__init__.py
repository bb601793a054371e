"""What the hotline says to people: promised, sent, followed."""
