"""Saved e-mails: who wrote what to whom stays, how it travelled does not, and nothing breaks it."""

from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from files.rules import cleaning, mail
from files.rules.kinds import MAIL, TEXT, NotCleanableError, Trace, Why, is_trace, kind_of
from tests.files import made

pytestmark = pytest.mark.req("INT-8")
HEAD = "From: a@example.org\r\nMIME-Version: 1.0\r\n"


def copied(content: bytes | str) -> str:
    """Return the copy of a file that is an e-mail."""
    given_bytes = content if isinstance(content, bytes) else content.encode()
    assert cleaning.check(given_bytes) is MAIL
    copy, found = cleaning.clean(given_bytes, MAIL)
    assert all(map(is_trace, found))
    return copy.decode()


def test_an_e_mail_keeps_who_wrote_what_to_whom_and_nothing_of_its_way() -> None:
    copy, found = cleaning.clean(made.e_mail(), MAIL)
    assert copy.decode() == (
        "A saved e-mail, as text\n\n"
        "From: Renée Lead <renee@example.org>\n"
        "To: All <all@example.org>, Otto <otto@example.org>\n"
        "Cc: x@example.org\n"
        "Date: 2026-10-14 04:11 UTC\n"
        "Subject: The café\n\n"
        "Leave two out.\n\n"
        "Attached, and not in this copy:\n"
        "- plan.png (image/png, 3 KB)\n\n"
        "E-mail 2, inside the one above\n\n"
        "From: Otto <otto@example.org>\n"
        "Subject: Re\n\n"
        "He agreed."
    )
    assert found == {Trace.HEADERS, Trace.HTML, "1 attached file"}


@pytest.mark.parametrize("content", made.E_MAILS.values(), ids=made.E_MAILS.keys())
def test_whoever_saved_it_and_however_its_head_is_gone(content: bytes) -> None:
    copy = copied(content)
    assert made.PLANTED not in copy
    assert copy.endswith(("Words.", mail.NO_TEXT))
    assert cleaning.check(copy.encode()) is TEXT


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(NAMES.filter(lambda name: name.title() not in mail.KEPT), max_size=6),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    fold=st.booleans(),
    is_page=st.booleans(),
    depth=st.integers(0, 3),
)
def test_no_header_outside_the_list_survives(
    names: list[str], end: str, *, fold: bool, is_page: bool, depth: int
) -> None:
    value = f"x{end} CANARY" if fold else "CANARY"
    more = "".join(f"{name}: {value}{end}" for name in names)
    body = f"Content-Type: text/{'html' if is_page else 'plain'}{end}{end}Words."
    letter = f"Message-ID: CANARY{end}{more}Subject: Re{end}{body}"
    for _ in range(depth):
        kind = f"Content-Type: message/rfc822{end}"
        letter = f"Received: CANARY{end}{more}{kind}{end}{letter}"
    # one of the names that were made up may say that the words are something else
    if not {name.lower() for name in names} & {"content-type", "content-transfer-encoding"}:
        assert "Words." in copied(letter)
    assert made.PLANTED not in copied(letter)


def test_a_page_becomes_the_words_that_are_seen() -> None:
    page = (
        "<html><head><title>CANARY</title><style>CANARY</style></head><body><!-- CANARY -->"
        "<p>One\n two<br>three <a href='http://CANARY.example/?who'>four</a></p>"
        "<div style='display: none'>CANARY</div>five<script>CANARY</script>"
        "<img src='http://CANARY.example/pixel' alt=CANARY>&lt;six&gt; d&eacute;j&agrave;</body>"
    )
    copy, found = cleaning.clean(f"{HEAD}Content-Type: text/html\r\n\r\n{page}".encode(), MAIL)
    assert copy.decode().split() == [
        *mail.TITLE.split(), "From:", "a@example.org",
        "One", "two", "three", "four", "five<six>", "déjà",
    ]  # fmt: skip
    assert Trace.HTML in found


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("iso-8859-1", "déjà".encode("latin-1")),
        ("utf-8", "déjà".encode()),
        # says one thing and is another, or names what nobody knows
        ("utf-8", "déjà".encode("cp1252")),
        ("us-ascii", "déjà".encode()),
        ("x-nobody-knows", "déjà".encode()),
        ("zlib", "déjà".encode()),
        ("utf-16", "déjà".encode("utf-16")),
    ],
)
def test_words_are_read_in_whatever_letters_they_were_written(charset: str, content: bytes) -> None:
    head = f"{HEAD}Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert copied(head + content).endswith("\n\ndéjà")


def test_a_header_says_one_line_and_starts_no_other() -> None:
    subject = "=?utf-8?q?one=0D=0AReceived:_two=0D=0A=0D=0Athree?="
    raw = f"{HEAD}Subject: {subject}\r\nTo: r\u00e9n\u00e9\r\n\r\nWords."
    assert copied(raw).splitlines()[2:5] == [
        "From: a@example.org",
        "To: réné",
        "Subject: one Received: two three",
    ]


def test_a_file_is_told_of_by_its_kind_and_by_a_name_that_is_only_a_name() -> None:
    letter = EmailMessage()
    letter["From"] = "a@example.org"
    letter.set_content("Words.")
    letter.add_attachment(b"x" * 5_000, maintype="x", subtype="y", filename="..\\a\u202egnp.exe")
    letter.add_attachment("CANARY", filename="notes.txt")
    copy, found = cleaning.clean(letter.as_bytes(), MAIL)
    assert copy.decode().splitlines()[-2:] == [
        "- agnp.exe (x/y, 5 KB)",
        "- notes.txt (text/plain, 1 KB)",
    ]
    assert "2 attached files" in found
    assert b"CANARY" not in copy


def nested(depth: int) -> str:
    letter = "From: a@example.org\r\n\r\nWords."
    for _ in range(depth):
        letter = f"{HEAD}Content-Type: message/rfc822\r\n\r\n{letter}"
    return letter


def parts_in_parts(depth: int) -> str:
    opened = (
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth)
    )
    return f"{HEAD}{''.join(opened)}\r\n\r\nWords."


MIXED = f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n"
PART = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
LONG_KIND = f"text/plain; a={'(' * 300_000}"
FOLDED = "\r\n ;a=b" * 40_000
PDF_IN_BASE64 = "JVBERi0xLjQKMSAwIG9iajw8Pj4KdHJhaWxlcgolJUVPRgo="
REFUSED = {
    "letters in letters": (nested(mail.MOST_LETTERS), Why.TOO_MUCH),
    "as many as the library cannot read": (nested(2_000), Why.TOO_MUCH),
    "parts in parts": (parts_in_parts(mail.DEEPEST + 2), Why.TOO_MUCH),
    "parts beside parts": (f"{MIXED}{PART * mail.MOST_PARTS}--b--", Why.TOO_MUCH),
    "a page too deep to be read": (
        f"{HEAD}Content-Type: text/html\r\n\r\n{'<div>' * 3_000}x",
        Why.TOO_MUCH,
    ),
    "a header without end": (f"{HEAD}Subject: {'x' * 40_000}\r\n\r\n", Why.TOO_MUCH),
    "a header that nobody reads": (f"{HEAD}X-Y: {'x' * 40_000}\r\n\r\n", Why.TOO_MUCH),
    # each would keep a core busy for seconds
    "a kind without end": (f"{HEAD}Content-Type: {LONG_KIND}\r\n\r\n", Why.TOO_MUCH),
    "a kind in many lines": (
        f"{HEAD}Content-Type: text/plain{FOLDED}\r\n\r\nWords.",
        Why.TOO_MUCH,
    ),
    "a part of a kind without end": (
        f"{MIXED}--b\r\nContent-Type: {LONG_KIND}\r\n\r\nx\r\n--b--",
        Why.TOO_MUCH,
    ),
    "a head without end": (HEAD + "X: y\r\n" * 100_000, Why.TOO_MUCH),
    "a head that is none": (f"{HEAD}Received : from CANARY\r\n\r\nWords.", Why.BROKEN),
    "parts that never begin": (f"{MIXED}Received: from CANARY", Why.BROKEN),
    "a box of letters": (
        f"From a Mon Oct 12 2026\n{HEAD}\r\nWords.\r\nFrom b Mon Oct 12 2026\nReceived: CANARY\n",
        Why.UNKNOWN_PARTS,
    ),
    "a document as well": (f"{HEAD}\r\n%PDF-1.4\r\n1 0 obj\r\n%%EOF", Why.TWO_IN_ONE),
    "a document when it is read": (
        f"{HEAD}Content-Transfer-Encoding: base64\r\n\r\n{PDF_IN_BASE64}",
        Why.TWO_IN_ONE,
    ),
}


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_letter_gets_no_copy(content: str, why: Why) -> None:
    assert kind_of(content.encode()) is MAIL
    with pytest.raises(NotCleanableError) as refused:
        cleaning.clean(content.encode(), cleaning.check(content.encode()))
    assert refused.value.why == why


def test_an_e_mail_that_is_an_archive_as_well_is_refused() -> None:
    with pytest.raises(NotCleanableError) as refused:
        cleaning.check(f"{HEAD}\r\nWords.".encode() + made.report())
    assert refused.value.why == Why.TWO_IN_ONE


@pytest.mark.parametrize("said", ["0 attached files", "1000 attached files", "<b>", "1 attached"])
def test_only_our_own_words_are_told_of_what_was_removed(said: str) -> None:
    assert not is_trace(said)
