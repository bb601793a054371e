"""Who works here, who answers when, and who is signed in."""
