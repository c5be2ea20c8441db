"""The whole bill of a region: what it costs whatever comes in, and what each complaint, person and subscription adds."""
