"""The refusal that every part of the venue gives in the same words: somebody acts where another institution must.

It names the person, the institution acted for and who was needed; the clause is the caller's. Journals keep the text, so it
does not change. Refusals that say more than who was needed stay with their rule.
"""

from huangpu.core.message import Rejected, Stamp
from huangpu.core.reasons import Reason


def not_yours(stamp: Stamp, needed: str, cite: str) -> Rejected:
    """Refuse who acts for another institution than the one needed.

    Rejects: NOT_YOUR_INSTITUTION.
    """
    detail = f"{stamp.person} acts for {stamp.institution}; needed {needed}"
    return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, cite)
