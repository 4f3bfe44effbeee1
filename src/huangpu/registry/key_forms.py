"""The form of a public key as text: PEM of a public key or of an X.509 certificate, read just far enough to know the key.

Pure and the same on every machine: only the frame is read (labels, base64, the DER of the subject's key, a certificate's validity), no
cryptography is done. Whoever verifies a signature loads the key again with a library. Leaves out: chains and issuers; the register of
keys is the only source of trust.
"""

import base64
import binascii
import datetime
import re
from typing import Final, NamedTuple

PEM_CHARACTERS_MAX: Final = 8_192
CURVES: Final[dict[str, bytes]] = {
    "P-256": bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"),
    "P-384": bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004"),
}
POINT_BYTES: Final = {"P-256": 64, "P-384": 96}

_PEM = re.compile(
    r"\s*-----BEGIN (PUBLIC KEY|CERTIFICATE)-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END \1-----\s*"
)
_SEQUENCE, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18
_LONG_LENGTH = 0x80
_LENGTH_BYTES_MAX = 2
_CENTURY_PIVOT = 50


class PublicKey(NamedTuple):
    """A public key: its curve, the DER of the subject public key, and the dates of its certificate if it came in one."""

    curve: str
    der: bytes
    not_before: datetime.date | None = None
    not_after: datetime.date | None = None


class _Item(NamedTuple):
    tag: int
    whole: bytes
    content: bytes


class _Malformed(Exception):
    pass


def read_public_key(pem: str) -> PublicKey | str:
    """Read a public key, or say in words why the text is none that may sign here."""
    if len(pem) > PEM_CHARACTERS_MAX:
        return f"{len(pem)} characters, limit {PEM_CHARACTERS_MAX}"
    found = _PEM.fullmatch(pem)
    if found is None:
        return "one PEM block is expected: PUBLIC KEY or CERTIFICATE"
    try:
        der = base64.b64decode("".join(found[2].split()), validate=True)
        return _certificate(der) if found[1] == "CERTIFICATE" else _key(der)
    except (binascii.Error, _Malformed, ValueError, IndexError):
        return f"the {found[1]} cannot be read: an elliptic curve key (P-256, P-384) is expected"


def _key(der: bytes) -> PublicKey:
    for curve, prefix in CURVES.items():
        if der.startswith(prefix) and len(der) == len(prefix) + POINT_BYTES[curve]:
            return PublicKey(curve, der)
    raise _Malformed


def _certificate(der: bytes) -> PublicKey:
    """Walk to the key: certificate, its signed part, then version, serial, algorithm, issuer, validity, subject, key."""
    (whole,) = _items(der)
    signed = _items(whole.content)[0]
    fields = _items(signed.content)
    if fields[0].tag == _VERSION:
        fields = fields[1:]
    start, end = _items(fields[3].content)
    key = _key(fields[5].whole)
    return key._replace(not_before=_date(start), not_after=_date(end))


def _items(der: bytes) -> list[_Item]:
    items = []
    while der:
        tag, length, header = der[0], der[1], 2
        if length >= _LONG_LENGTH:
            count = length - _LONG_LENGTH
            if not 1 <= count <= _LENGTH_BYTES_MAX:
                raise _Malformed
            length = int.from_bytes(der[2 : 2 + count], "big")
            header += count
        if len(der) < header + length:
            raise _Malformed
        items.append(_Item(tag, der[: header + length], der[header : header + length]))
        der = der[header + length :]
    return items


def _date(item: _Item) -> datetime.date:
    text = item.content.decode("ascii")
    if item.tag == _UTC_TIME:
        text = ("20" if int(text[:2]) < _CENTURY_PIVOT else "19") + text
    elif item.tag != _GENERALIZED_TIME:
        raise _Malformed
    return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
