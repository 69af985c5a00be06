"""Proves and learns: figures and reports, folded from the ledger."""
