"""The way from a draft to the public: submit, return, publish, decline, flag; the queue and its criteria."""
