"""What the world has already named and numbered: goals, countries, sectors, languages; read-only lists."""
