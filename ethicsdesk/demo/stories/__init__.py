"""What people told the office in the last eighteen months: made up, each in its own words."""

from ethicsdesk.demo.stories.closed import CLOSED
from ethicsdesk.demo.stories.telling import phased
from ethicsdesk.demo.stories.waiting import NEW, WITHDRAWN
from ethicsdesk.demo.stories.worked import OPEN

__all__ = ["STORIES"]

STORIES = [phased(story) for story in (*NEW, *WITHDRAWN, *OPEN, *CLOSED)]
