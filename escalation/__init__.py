"""Knows time, paths and who is next; knows no case."""
