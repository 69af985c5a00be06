"""Small things that two packages need; no models."""
