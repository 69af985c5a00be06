"""API8:2023 Security Misconfiguration: what every answer of the API carries, and what none does."""

import pytest

from tests.api.program import Program
from tests.api.site import OPERATIONS, Site

pytestmark = pytest.mark.req("SEC-2")
CARRIED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
TELLING = ("Server", "X-Powered-By", "Access-Control-Allow-Origin", "Set-Cookie", "ETag")


def test_every_answer_carries_the_headers_and_tells_nothing_of_the_server(site: Site) -> None:
    site.release()
    answers = [site.asked(name) for name in OPERATIONS]
    answers += [site.asked(name, site.stranger) for name in OPERATIONS]
    for answer in answers:
        for header, value in CARRIED.items():
            assert answer[header] == value, header
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        for header in TELLING:
            assert header not in answer.headers, header


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil"])
def test_no_other_site_may_read_an_answer(program: Program, origin: str) -> None:
    answer = program.get("cases/", None, Origin=origin)
    assert not [name for name in answer.headers if name.startswith("Access-Control")]
    preflight = program.send("OPTIONS", "concerns/", "", Origin=origin)
    assert preflight.status_code == 405
    assert not [name for name in preflight.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "path", ["cases/%00/", "cases/'/", "cases/<x>/", "concerns/../cases", "é/"]
)
def test_an_odd_address_is_a_problem_document_without_a_trace(program: Program, path: str) -> None:
    answer = program.get(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    for word in ("Traceback", "django", 'File "', "urlconf"):
        assert word not in answer.content.decode()
