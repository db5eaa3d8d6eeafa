"""Where bodies answer a call, come to terms, and work together: interests and partnerships."""
