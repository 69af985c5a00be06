"""Puts the house together: settings, urls, processes, demo data. Nothing imports it."""
