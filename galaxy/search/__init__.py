"""Search: whatever is shared is found, in whichever of the seven languages it was written."""
