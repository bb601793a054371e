"""What is done with a ticket (办理), by when, and what happens when a limit passes."""
