"""The addresses that programs ask: JSON answers to whoever asks, of what the public may see and nothing else."""
