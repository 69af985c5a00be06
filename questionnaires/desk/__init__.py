"""The pages on which the office keeps its questionnaires."""
