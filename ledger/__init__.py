"""Remembers every act, and can prove it."""
