"""Who comes, what they may get, and the words in which the matrix is written."""

# who comes: nobody is not signed in; omar is an officer who is not on the case; otto is walled off
WHO = ("nobody", "stan", "carl", "adam", "chief", "anna", "ines", "hana", "omar", "olga", "otto")
SIGN_IN, NO, HIDDEN, ONLY_POST, ASKED, FINE, ONWARD = 302, 403, 404, 405, 401, 200, 302
CONFLICT = 409
# What a POST gives to whom, when all that is entered is right: DONE is an act and a way onward,
# AGAIN the page that says why not. Who is refused here is refused by the page or by its action.
DONE, AGAIN = 302, 200
# route: (what fills its place, what a GET gives to whom); form: (what is entered, what it gives)
Matrix = dict[str, tuple[dict[str, str], dict[str, int]]]


def everyone(status: int) -> dict[str, int]:
    return dict.fromkeys(WHO, status)


def signed_in(status: int, **others: int) -> dict[str, int]:
    return {**everyone(status), "nobody": SIGN_IN, **others}


def for_(*names: str, status: int = FINE, else_: int = NO) -> dict[str, int]:
    return {**signed_in(else_), **dict.fromkeys(names, status)}


OFFICE = ("ines", "hana", "omar", "olga", "otto")
READERS = ("chief", "anna", "hana")
NO_REPORT = "00000000-0000-4000-8000-000000000000"
HIDDEN_CASE = dict.fromkeys(("ines", "omar", "otto"), HIDDEN)
BEFORE_TRIAGE = {**for_("hana", "omar", "olga", status=DONE), "ines": HIDDEN, "otto": HIDDEN}
ON_THE_TEAM = {**for_("olga", status=DONE), **HIDDEN_CASE}
