"""Needs and offers, the talks they lead to, and the partnerships that come of them, from a call to its outcome."""
