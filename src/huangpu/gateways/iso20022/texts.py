"""Free text for the wire: what the tables allow, cut to length.

Orders also come by other doors than XML, where a name may hold characters that no message can carry.
"""

import re

from huangpu.gateways.iso20022.profile import TEXT_CHARACTER

NOT_PROVIDED = "NOTPROVIDED"
_FORBIDDEN = re.compile("[^" + TEXT_CHARACTER[1:])


def clean(text: str, characters_max: int) -> str:
    """Return a text that any text element of that length takes; NOTPROVIDED where nothing is left."""
    return _FORBIDDEN.sub(".", text)[:characters_max] or NOT_PROVIDED
