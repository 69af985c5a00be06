"""A database that is away: the door says that nothing was sent, whatever was asked of it."""

import os
import subprocess
import sys

import pytest

from ethicsdesk.machine.state import ROOT
from tests.house import free_port

ASK = """
import sys
import django
django.setup()
from django.conf import settings
from django.test import Client, override_settings
from ethicsdesk.middleware import DOOR_HEADERS
site = {"ROOT_URLCONF": "ethicsdesk.speak_urls", "MIDDLEWARE": settings.SPEAK_MIDDLEWARE}
client = Client(raise_request_exception=False)
asked = [("/speak/", {})]
asked += [("/speak/file/", {"kind": "report"}), ("/speak/return/", {"receipt": "K"})]
with override_settings(**(site if sys.argv[1] == "speak" else {})):
    for path, data in asked:
        answer = client.post(path, data) if data else client.get(path)
        says_so = b"Nothing was sent" in answer.content
        is_strict = DOOR_HEADERS.items() <= dict(answer.headers).items()
        is_quiet = b"EthicsDesk</title>" not in answer.content
        print(path, answer.status_code, says_so, is_strict, is_quiet, answer.headers["Retry-After"])
"""


@pytest.mark.parametrize("process", ["web", "speak"])
def test_without_its_database_the_door_says_that_nothing_was_sent(process: str) -> None:
    nobody = f"postgres://nobody@127.0.0.1:{free_port()}/ethicsdesk"
    environment = {
        **os.environ,
        "DATABASE_URL": nobody,
        "KEYSTORE_URL": nobody,
        "DJANGO_SETTINGS_MODULE": "ethicsdesk.settings",
        "ETHICSDESK_PROCESS": "test",
        "ETHICSDESK_HOSTS": "testserver",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK, process],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines() == [
        f"{path} 503 True True True 30" for path in ("/speak/", "/speak/file/", "/speak/return/")
    ]
