"""The centre's signature over a supervisor's file, detached: the file names its place in the chain of digests, the signature seals the digest.

A seal is three lines. The first, `HUANGPU-FILE,1,kind,unit,date,sequence,digest`, is what is signed, as UTF-8 without its newline; the digest folds every
line of the file and the digest of the file before it, so one seal covers the stream up to there. Then `KEY,name,algorithm` and
`SIGNATURE,` with the DER signature in base64; or the one line `UNSIGNED`, where the centre has no key that is registered and valid. Decision 11.
"""

import base64

from huangpu.core.calendar import date_of
from huangpu.engine import Engine
from huangpu.gateways.iso20022.signing import CentreSigner
from huangpu.venues.offshore.reports.books import FileKind, ReportFile, bank_of, file_key

FORMAT = "1"
UNSIGNED = "UNSIGNED"


def report_seal(
    engine: Engine,
    signer: CentreSigner | None,
    name: tuple[str, str, int],
    institution: str | None,
) -> str | None:
    """Write the seal of a file by unit, kind and sequence; None where there is none to be seen."""
    unit, kind, sequence = name
    if kind not in list(FileKind) or institution not in (None, bank_of(unit)):
        return None
    stream = engine.centre.offshore.books.reports.files.get(file_key(FileKind(kind), unit), [])
    if not 1 <= sequence <= len(stream):
        return None
    return seal_of(engine, signer, stream[sequence - 1])


def seal_of(engine: Engine, signer: CentreSigner | None, file: ReportFile) -> str:
    """Write the seal of a file, or that it is unsigned."""
    place = (file.kind.value, file.unit, file.date.isoformat(), str(file.sequence))
    line = ",".join(("HUANGPU-FILE", FORMAT, *place, file.digest))
    keys = engine.centre.registry.signing_keys
    key = None if signer is None else signer.key_in(keys, date_of(engine.last_at_us))
    if signer is None or key is None:
        return f"{line}\n{UNSIGNED}\n"
    signature = base64.b64encode(signer.sign_bytes(line.encode())).decode()
    return f"{line}\nKEY,{key.name},{signer.algorithm}\nSIGNATURE,{signature}\n"
