"""Ask the web process of this container whether it is ready, as the proxy would ask."""

import http.client
import os
import sys


def is_ready() -> bool:
    """Return whether the process on port 8000 says that it can serve."""
    host = os.environ["ETHICSDESK_HOSTS"].split(",")[0]
    line = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    try:
        line.request("GET", "/health/ready", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


if __name__ == "__main__":
    sys.exit(not is_ready())
