"""Solutions that worked somewhere, and the adaptations of them elsewhere."""
