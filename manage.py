#!/usr/bin/env python
"""Django's commands; `./desk manage …` runs them with the environment of `up`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ethicsdesk.settings")
    execute_from_command_line(sys.argv)
