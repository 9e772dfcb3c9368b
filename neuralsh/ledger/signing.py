"""Signatures of bundles: an in-toto statement about the file's hash, in a DSSE envelope beside it.

That is the form in which models are signed (the OpenSSF's model signing); keys are PEM files, as OpenSSL writes them:
``openssl genpkey -algorithm ed25519 -out key.pem`` and ``openssl pkey -in key.pem -pubout -out key.pub``. The work is
done by `securesystemslib`, which is an extra: nothing else here needs it.

Sources: in-toto Attestation Framework, Statement v1; DSSE 1.0 (secure-systems-lab/dsse).
"""

import json
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuralsh.ledger.entry import Entry
from neuralsh.ledger.errors import LedgerError

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import SSlibKey

SUFFIX = ".dsse.json"
"""What the name of an envelope has more than that of its bundle."""

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://neuralsh.org/routine/v1"


def sign(payload: bytes, entry: Entry, private_key: bytes) -> bytes:
    """An envelope for a bundle, JSON.

    Args:
        payload: the bundle.
        entry: the install that it holds.
        private_key: PEM, without a password.

    Raises:
        LedgerError: if the key cannot be used, or the library is not there.
    """
    _need_library()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import CryptoSigner

    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": entry.name, "digest": {"sha256": sha256(payload).hexdigest()}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {"entry": entry.hash, "base": entry.base, "routine": entry.routine},
    }
    envelope = Envelope(json.dumps(statement, sort_keys=True).encode(), PAYLOAD_TYPE, {})
    try:
        envelope.sign(CryptoSigner(load_pem_private_key(private_key, None)))
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm) as error:
        raise LedgerError(
            f"the key cannot sign ({_line(error)}): give a private key in PEM, without a password"
        ) from error
    return json.dumps(envelope.to_dict(), indent=1).encode() + b"\n"


def check(payload: bytes, envelope: bytes, public_key: bytes) -> str:
    """Check that the owner of a key signed a bundle.

    Args:
        payload: the bundle.
        envelope: what `sign` gave.
        public_key: PEM.

    Returns:
        The identity of the key: the beginning of its hash.

    Raises:
        LedgerError: if the signature does not hold, is of another file, or the library is not there.
    """
    _need_library()
    from securesystemslib.exceptions import VerificationError

    key, read = _public(public_key), _envelope(envelope)
    try:
        read.verify([key], 1)
    except VerificationError as error:
        raise LedgerError("signature: not by this key, or of something else: ask for a new export") from error
    if read.payload_type != PAYLOAD_TYPE or sha256(payload).hexdigest() not in _subjects(read.payload):
        raise LedgerError("signature: of another file: ask for a new export")
    return str(key.keyid)[:16]


def envelope_path(bundle: Path) -> Path:
    """Where the envelope of a bundle lies."""
    return bundle.with_name(bundle.name + SUFFIX)


def _public(pem: bytes) -> "SSlibKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    try:
        return SSlibKey.from_crypto(load_pem_public_key(pem))
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm) as error:
        raise LedgerError(f"the key cannot check ({_line(error)}): give a public key in PEM") from error


def _envelope(text: bytes) -> "Envelope":
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import FormatError

    try:
        envelope = Envelope.from_dict(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, FormatError) as error:
        raise LedgerError("signature: no DSSE envelope: ask for a new export") from error
    # The library takes any type for these.
    if not isinstance(envelope.payload_type, str) or not all(isinstance(key, str) for key in envelope.signatures):
        raise LedgerError("signature: no DSSE envelope: ask for a new export")
    return envelope


def _subjects(payload: bytes) -> list[str]:
    """The hashes a statement is about; none if it is no statement of ours."""
    try:
        statement: dict[str, Any] = json.loads(payload)
        if statement["_type"] != STATEMENT_TYPE or statement["predicateType"] != PREDICATE_TYPE:
            return []
        return [subject["digest"]["sha256"] for subject in statement["subject"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []


def _need_library() -> None:
    if any(find_spec(name) is None for name in ("cryptography", "securesystemslib")):
        raise LedgerError("signatures need securesystemslib: pip install 'neuralsh[sign]'")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
