"""Questionnaires: what is asked, kept, changed and published."""
