"""The refusals a person may read."""

# how a refusal goes on where a form is shown again as it was sent
KEPT = "Nothing was changed; what you entered is kept."


class RuleError(Exception):
    """Not now: a rule refuses an act that this person may otherwise do.

    The message is a sentence for that person: what happened, what was kept, what to do next.
    """
