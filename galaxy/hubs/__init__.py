"""Topic hubs: what works, what is needed and what is held about one subject, brought together while it presses."""
