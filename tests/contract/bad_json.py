"""What is no JSON, no object, too much of one, or no event of the contract."""

import gzip

from shared.kernel.settings import Settings
from tests.contract.bending import MISSING, Raw, added, bent, envelope, raw, written

GOOD = written(envelope())
AMOUNT = "data.budget.total_annual_cost"

NOT_JSON = (
    raw("nothing", b""),
    raw("only-blanks", b" \t\r\n "),
    raw("cut-short", GOOD[:1200]),
    raw("cut-within-a-text", GOOD[: GOOD.index(b"coup de pouce") + 4]),
    raw("two-documents", GOOD + GOOD),
    raw("trailing-comma", GOOD[:-1] + b",}"),
    raw("line-comment", GOOD[:-1] + b"// fin\n}"),
    raw("block-comment", b"/* debut */" + GOOD),
    raw("single-quotes", "{'type': 'x'}"),
    raw("unquoted-key", '{type: "x"}'),
    raw("latin-1", GOOD.replace("é".encode(), b"\xe9")),
    raw("overlong-utf-8", GOOD.replace("é".encode(), b"\xc0\xaf")),
    raw("surrogate-in-utf-8", GOOD.replace("é".encode(), b"\xed\xa0\x80")),
    raw("beyond-unicode", GOOD.replace("é".encode(), b"\xf4\x90\x80\x80")),
    raw("byte-order-mark", b"\xef\xbb\xbf" + GOOD),
    raw("utf-16", GOOD.decode().encode("utf-16")),
    raw("utf-16-without-mark", GOOD.decode().encode("utf-16-le")),
    raw("gzip", gzip.compress(GOOD, mtime=0)),
    raw("5000-lists-deep", '{"x":' + "[" * 5000 + "]" * 5000 + "}"),
    raw("5000-objects-deep", '{"x":' * 5000 + "1" + "}" * 5000),
    *(
        bent(name, AMOUNT, Raw(text), reason="not_json", path="")
        for name, text in (
            ("not-a-number", "NaN"),
            ("infinity", "Infinity"),
            ("minus-infinity", "-Infinity"),
            ("beyond-a-double", "1e400"),
            ("5000-digits", "9" * 5000),
            ("leading-zero", "0123"),
            ("leading-plus", "+1"),
            ("hexadecimal", "0x1F"),
            ("no-digit-after-the-point", "1."),
            ("a-bare-word", "undefined"),
            ("python-none", "None"),
            ("lone-high-surrogate", r'"\ud800"'),
            ("lone-low-surrogate", r'"\udc00"'),
            ("surrogates-the-wrong-way-round", r'"\udc00\ud800"'),
            ("unknown-escape", r'"\x41"'),
            ("raw-control-character", '"a\tb"'),
            ("raw-nul", '"a\x00b"'),
        )
    ),
)

NOT_AN_EVENT = (
    raw("top-level-null", "null", "not_an_object"),
    raw("top-level-list", b"[" + GOOD + b"]", "not_an_object"),
    raw("top-level-text", '"DossierSubmitted"', "not_an_object"),
    raw("top-level-number", "1.5", "not_an_object"),
    raw("top-level-true", "true", "not_an_object"),
    added("33-levels", '"x": ' + "[" * 33 + "]" * 33, "too_deep"),
    added("500-levels", '"x": ' + "[" * 500 + "]" * 500, "too_deep"),
    added("1001-unknown-values", f'"x": [{"0," * 1000}0]', "too_many"),
    added("20-001-values", f'"x": [{",".join(["[" + "0," * 999 + "0]"] * 21)}]', "too_many"),
    bent(
        "a-million-empty-collectifs", "data.collectifs", [{}] * 250_000, reason="too_many", path=""
    ),
    raw("too-large", GOOD + b" " * (Settings().body_bytes_max + 1 - len(GOOD)), "too_large"),
)

TWICE = (
    added("type-twice", '"type": "fr.caf.clas.DossierSubmitted.v1"', "duplicate_key", "type"),
    added("id-twice", '"id": "other"', "duplicate_key", "id"),
    added("data-twice", '"data": {}', "duplicate_key", "data"),
    added("twice-by-an-escape", r'"\u0069d": "other"', "duplicate_key", "id"),
    added("twice-in-what-is-unknown", '"x": {"a": 1, "b": 2, "a": 1}', "duplicate_key", "x.a"),
    added("twice-in-a-list", '"x": [1, {"a": 1, "a": [{"b": 1}]}]', "duplicate_key", "x.1.a"),
    added("twice-in-a-lost-value", '"x": {"a": {"b": 1, "b": 2}, "a": 1}', "duplicate_key", "x.a"),
    added("twice-behind-quotes", r'"x" : 1, "x" : 2, "y": "\u0022\u0022"', "duplicate_key", "x"),
    raw(
        "amount-twice",
        GOOD.replace(b'"total_annual_cost"', b'"total_annual_cost": "1.00", "total_annual_cost"'),
        "duplicate_key",
        "data.budget.total_annual_cost",
    ),
)

UNKNOWN = tuple(
    bent(name, "type", value, reason="unknown_type")
    for name, value in (
        ("no-type", MISSING),
        ("null-type", None),
        ("list-type", ["fr.caf.clas.DossierSubmitted.v1"]),
        ("object-type", {"$ne": None}),
        ("other-version", "fr.caf.clas.DossierSubmitted.v2"),
        ("other-prefix", "com.example.DossierSubmitted.v1"),
        ("other-case", "fr.caf.clas.dossiersubmitted.v1"),
        ("nobodys-event", "fr.caf.clas.DossierForgotten.v1"),
        ("endless-type", "x" * 100_000),
    )
)
