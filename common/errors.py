"""The refusals a person may read."""


class RuleError(Exception):
    """Not now: a rule refuses an act that this person may otherwise do.

    The message is a sentence for that person: what happened, what was kept, what to do next.
    """
