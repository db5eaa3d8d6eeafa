"""Who is told what: the news in the page, the mail in the reader's language, and messages relayed between people."""
