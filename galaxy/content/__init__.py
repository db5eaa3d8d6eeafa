"""What every kind of entry shares: status, tags, links, files, versions and drafts."""
