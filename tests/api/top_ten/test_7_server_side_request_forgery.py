"""API7:2023 Server Side Request Forgery: no address that is sent to us is ever asked."""

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.api.program import Program, concern
from tests.api.site import DOCUMENT, OPERATIONS

TELLING = ("url", "uri", "callback", "webhook", "href", "link", "host", "endpoint", "target")


def members(node: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every member of a schema with its dotted name."""
    for name, inner in node.get("properties", {}).items():
        yield f"{at}{name}", inner
        yield from members(inner, f"{at}{name}.")


def test_no_operation_takes_an_address() -> None:
    shapes = DOCUMENT["components"]["schemas"]
    sent = [
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for _, _, operation in OPERATIONS.values()
        if "requestBody" in operation
    ]
    assert sent
    for reference in sent:
        for name, member in members(shapes[reference.rpartition("/")[2]]):
            assert "uri" not in member.get("format", ""), name
            assert not any(word in name.lower() for word in TELLING), name
    for _, _, operation in OPERATIONS.values():
        for one in operation.get("parameters", []):
            assert one["name"].lower() not in TELLING


def test_addresses_in_what_is_filed_are_text_and_are_not_asked(program: Program) -> None:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.3)
        there = f"http://127.0.0.1:{listener.getsockname()[1]}/x.png"
        made = program.post(
            "concerns/",
            concern(narrative=f"See {there}", about=there, answers={"proof": there}),
        )
        assert made.status_code == 201
        with pytest.raises(TimeoutError):
            listener.accept()
