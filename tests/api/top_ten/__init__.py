"""OWASP API Security Top 10 (2023): one module each, driven by the list of operations."""
