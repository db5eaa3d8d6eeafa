"""Who is who: the public profiles of organisations."""
