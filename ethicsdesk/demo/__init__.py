"""Northmoor, an organisation that a visitor can believe, and its history with the ethics office."""
