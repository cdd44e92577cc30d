"""Streams: batches of measurements arrive; each is compared with what is known, and suspicion is dated and logged."""
