"""Concerns come in, cases are worked."""
