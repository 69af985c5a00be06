"""Runs the house on one machine: servers, roles, keys, processes, tests. `./desk` leads here."""
