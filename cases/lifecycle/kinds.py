"""What the engine calls the subjects of our clocks, and the duties that we start ourselves."""

# What the engine calls the subject of our clocks.
CLOCKS_OF = "concern"
CLOCKS_OF_CASES = "case"
CLOCKS_OF_TASKS = "task"
CLOCKS_OF_REQUESTS = "request"
CLOCKS_OF_ORIGINALS = "original"
# And the kinds of duty that we start ourselves (escalation.rules.kinds).
FIRST_MESSAGE, ANSWER, INTERIM = "first_message", "answer", "interim"
INVESTIGATION, UNSEAL, ORIGINAL = "investigation", "unseal", "original"
# On what ground what was never decided about is erased: drafts that nobody came back to, and shares
# of an identity whose time is over.
DRAFTS = "drafts"
