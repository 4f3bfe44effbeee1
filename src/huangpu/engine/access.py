"""Who is at the door: a bearer token or a password becomes a person of the registry.

Tokens are looked up by their SHA-256, passwords are argon2id hashes; the clear text is never stored or journaled. What the person may do
is decided inside the engine, command by command.
"""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from huangpu.engine.centre import Centre
from huangpu.registry.people import Person

_hasher = PasswordHasher()
_nobody_hash = _hasher.hash(secrets.token_urlsafe(16))


def hash_of_token(token: str) -> str:
    """Return what is kept of a bearer token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """Return a fresh bearer token of 256 bits."""
    return f"hpt_{secrets.token_urlsafe(32)}"


def hash_of_password(password: str, salt: bytes | None = None) -> str:
    """Return the argon2id hash of a password; a given salt (the demo's) makes it the same every time."""
    return _hasher.hash(password, salt=salt)


def person_of_token(centre: Centre, token: str) -> Person | None:
    """Return the person a bearer token belongs to."""
    people = centre.registry.people
    person_id = people.tokens.get(hash_of_token(token))
    return people.persons.get(person_id) if person_id else None


def person_of_password(centre: Centre, person_id: str, password: str) -> Person | None:
    """Return the person when the password is theirs; takes the same time for an unknown person."""
    people = centre.registry.people
    known = people.passwords.get(person_id)
    try:
        _hasher.verify(known or _nobody_hash, password)
    except (Argon2Error, InvalidHashError):
        return None
    return people.persons.get(person_id) if known else None
