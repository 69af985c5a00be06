"""Make the secrets of a deployment in containers: `python -m ethicsdesk.machine.deployment FOLDER`.

The folder is closed to the other accounts of its host. The files in it are not, since each
container reads the few that it is given under an account of its own.
"""

import secrets
import sys
from pathlib import Path

from ethicsdesk.machine import keys, roles


def make(folder: Path) -> list[str]:
    """Make what is missing in a folder and return its names: keys, and a password for each role."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for role in ("superuser", *roles.ROLES):
        path = folder / f"{role}.password"
        if not path.exists():
            path.write_text(secrets.token_hex(32) + "\n")
    keys.fill(folder)
    made = sorted([*folder.glob("*.password"), *folder.glob("*.key"), *folder.glob("*.pub")])
    for path in made:
        path.chmod(0o644)
    return [path.name for path in made]


if __name__ == "__main__":
    print("\n".join(make(Path(sys.argv[1]))))
