"""The door of a site that nobody has set up says so, and takes nothing nobody could read."""

from django.test import Client

from tests.cases.intake.reporter import Reporter


def test_the_first_page_says_so_before_the_office_is_set_up(client: Client, db: None) -> None:
    reporter = Reporter(client)
    assert reporter.get("/speak/").status_code == 200
    assert "Nobody can read what you send yet" in reporter.text
    reporter.begin()
    reporter.post("/speak/file/", **{**reporter.hidden, "step": "danger", "in_danger": "no"})
    assert "Nobody is on duty today." in reporter.text
    reporter.answer("later")
    assert "Nothing was sent" in reporter.text
