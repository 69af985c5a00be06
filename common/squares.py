"""An address as a picture to scan (ISO/IEC 18004)."""

from typing import NamedTuple

import qrcode

BORDER = 4


class Squares(NamedTuple):
    """The dark squares as one SVG path, and how many squares a side has, border included."""

    path: str
    size: int


def squares_of(address: str) -> Squares:
    """Return the picture of an address."""
    picture = qrcode.QRCode(border=BORDER)
    picture.add_data(address)
    rows = picture.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return Squares(path, len(rows))
