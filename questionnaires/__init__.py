"""Questionnaires: what the office asks beside the story, per kind and category, in versions."""
