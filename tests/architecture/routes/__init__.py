"""Every route and every form there is, by topic: what each kind of person gets there."""

from tests.architecture.routes import (
    accounts,
    care,
    cases,
    casework,
    concerns,
    doors,
    insight,
    joining,
    protection,
    queue,
    retention,
    setup,
    staff,
    tasks,
    telling,
)

TOPICS = (
    doors,
    queue,
    concerns,
    cases,
    care,
    casework,
    joining,
    tasks,
    telling,
    protection,
    insight,
    retention,
    staff,
    setup,
    # the last, since nobody is signed in after its last form
    accounts,
)
ROUTES = {route: what for topic in TOPICS for route, what in topic.ROUTES.items()}
POSTS = {route: what for topic in TOPICS for route, what in topic.POSTS.items()}
