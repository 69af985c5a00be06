"""Let mat2 go over a copy that is clean already, in a room of its own (0xacab.org/jvoisin/mat2)."""

import shutil
from functools import lru_cache

from common import sandbox

# mat2 is asked to leave out its own bubblewrap: ours is around it already
_WORK = 'cat > "copy.$0" && mat2 --no-sandbox --inplace "copy.$0" > /dev/null 2>&1 && cat "copy.$0"'


@lru_cache
def is_here() -> bool:
    """Return whether mat2 and bubblewrap are installed; without the second it is not let near."""
    return (
        shutil.which("mat2") is not None
        and shutil.which("prlimit") is not None
        and sandbox.can_close_in()
    )


def cleaned(content: bytes, extension: str) -> bytes:
    """Return what mat2 makes of a file, or raise one of the sandbox's errors."""
    limits = [f"--cpu={sandbox.SECONDS}", f"--as={sandbox.MEMORY}", "--core=0"]
    answer = sandbox.run(["prlimit", *limits, "sh", "-c", _WORK, extension], content)
    if not answer:
        raise sandbox.ProgramFailedError
    return answer
