"""Signed bundles: only the owner of the key can have signed, and only this file."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import example, given
from hypothesis import strategies as st
from ledger_parts import install

from neuralsh.ledger import signing
from neuralsh.ledger.bundle import export
from neuralsh.ledger.entry import Entry
from neuralsh.ledger.errors import LedgerError
from neuralsh.ledger.ledger import Ledger
from neuralsh.ledger.signing import check, sign

Pair = tuple[bytes, bytes]


def pair(key: "ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None" = None) -> Pair:
    """A private and a public key, PEM."""
    key = key or ed25519.Ed25519PrivateKey.generate()
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Entry]:
    with Ledger.open(tmp_path_factory.mktemp("home")) as ledger:
        entry = install(ledger, "greet")
        return export(ledger, entry), entry


@pytest.mark.parametrize(
    "key",
    [None, ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)],
    ids=["ed", "ec", "rsa"],
)
def test_what_is_signed_checks(
    exported: tuple[bytes, Entry], key: "ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None"
) -> None:
    bundle, entry = exported
    private, public = pair(key)
    envelope = sign(bundle, entry, private)
    assert len(check(bundle, envelope, public)) == 16
    document = json.loads(envelope)
    assert document["payloadType"] == "application/vnd.in-toto+json"
    statement = json.loads(base64.b64decode(document["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"][0]["name"] == "greet" and statement["predicate"]["entry"] == entry.hash


def test_another_key_another_file_and_an_altered_statement_are_refused(exported: tuple[bytes, Entry]) -> None:
    bundle, entry = exported
    private, public = pair()
    envelope = sign(bundle, entry, private)
    with pytest.raises(LedgerError, match="not by this key"):
        check(bundle, envelope, pair()[1])
    with pytest.raises(LedgerError, match="of another file"):
        check(bundle + b" ", envelope, public)
    document = json.loads(envelope)
    altered = base64.b64decode(document["payload"]).replace(b"greet", b"grant")
    document["payload"] = base64.b64encode(altered).decode()
    with pytest.raises(LedgerError, match="not by this key"):
        check(bundle, json.dumps(document).encode(), public)


def test_a_statement_of_another_kind_is_no_signature_of_a_routine(
    exported: tuple[bytes, Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, entry = exported
    private, public = pair()
    with monkeypatch.context() as patched:
        patched.setattr(signing, "PREDICATE_TYPE", "https://slsa.dev/provenance/v1")
        envelope = sign(bundle, entry, private)
    with pytest.raises(LedgerError, match="of another file"):
        check(bundle, envelope, public)


@pytest.mark.parametrize("key", [b"", b"no key", pair()[1]], ids=["empty", "text", "public"])
def test_what_is_no_private_key_is_told_in_one_line(exported: tuple[bytes, Entry], key: bytes) -> None:
    with pytest.raises(LedgerError, match="give a private key in PEM") as failure:
        sign(*exported, key)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize("key", [b"", b"no key", pair()[0]], ids=["empty", "text", "private"])
def test_what_is_no_public_key_is_told_in_one_line(exported: tuple[bytes, Entry], key: bytes) -> None:
    bundle, entry = exported
    with pytest.raises(LedgerError, match="give a public key in PEM") as failure:
        check(bundle, sign(bundle, entry, pair()[0]), key)
    assert "\n" not in str(failure.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["payload", "payloadType", "signatures", "sig", "keyid"]), inner, max_size=5)
    ),
    max_leaves=12,
)
PUBLIC = pair()[1]


@given(JSON)
@example({"payload": "", "payloadType": 1, "signatures": []})
@example({"payload": "", "payloadType": "x", "signatures": [{"sig": "", "keyid": 1}]})
def test_any_other_json_is_no_envelope(document: object) -> None:
    with pytest.raises(LedgerError):
        check(b"bundle", json.dumps(document).encode(), PUBLIC)


@given(st.binary(max_size=64))
def test_any_bytes_are_no_envelope(payload: bytes) -> None:
    with pytest.raises(LedgerError):
        check(b"bundle", payload, PUBLIC)


def test_without_the_library_it_is_told_what_to_install(
    exported: tuple[bytes, Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "find_spec", lambda name: None)
    with pytest.raises(LedgerError, match=r"pip install 'neuralsh\[sign\]'"):
        sign(*exported, b"")
