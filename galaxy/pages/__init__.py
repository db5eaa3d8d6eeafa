"""The pages that join the rooms: home, search, browsing, dashboard, about, health."""
