"""Webinars and other events: announced, joined, and kept as knowledge when the hour is over."""
