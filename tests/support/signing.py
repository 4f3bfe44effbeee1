"""Keys and signed messages for tests: every key is made on the spot, nothing secret is in the repository."""

import base64
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from huangpu.gateways.iso20022 import BusinessHeader
from huangpu.gateways.iso20022.signing import CentreSigner
from huangpu.registry.signing_keys import SigningKey, SigningKeys, SigningKeyStatus

DAY = datetime.date(2026, 11, 23)
KEY = ec.derive_private_key(0x1234567, ec.SECP256R1())
OTHER_KEY = ec.derive_private_key(0x7654321, ec.SECP256R1())
LONG_KEY = ec.derive_private_key(0x1234567, ec.SECP384R1())


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key: ec.EllipticCurvePrivateKey) -> str:
    found = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return found.decode()


def certificate_pem(key: ec.EllipticCurvePrivateKey, start: int, end: int) -> str:
    """Issue a self-signed certificate of the key, valid between two years."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "simulated signer")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime.datetime(start, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(end, 1, 1, tzinfo=datetime.UTC))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()


def registered(
    institution: str, key: ec.EllipticCurvePrivateKey, key_id: str = "K1", **changes: object
) -> SigningKeys:
    """Give a register that holds one active key."""
    fields: dict[str, object] = {
        "institution": institution,
        "id": key_id,
        "pem": public_pem(key),
        "curve": "P-256",
        "valid_from": DAY,
        "valid_to": DAY,
        "proposed_by": "one",
        "approved_by": "two",
        "status": SigningKeyStatus.ACTIVE,
    }
    found = SigningKey(**{**fields, **changes})  # type: ignore[arg-type]
    der = base64.b64decode("".join(found.pem.splitlines()[1:-1]))
    return SigningKeys(by_name={found.name: found}, names={der.hex(): found.name})


def signed(
    data: bytes, header: BusinessHeader, name: str, key: ec.EllipticCurvePrivateKey = KEY
) -> bytes:
    """Sign a written message as its sender would."""
    return CentreSigner(private_pem(key)).sign(data, header, name)
