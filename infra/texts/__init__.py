"""What people read, in three languages: every text with an example, and the terms that all of them keep to."""
