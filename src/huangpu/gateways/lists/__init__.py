"""Published sanctions lists in their own formats, read into entries that `ProposeScreeningList` takes.

Three forms: the United Nations' consolidated list in XML, OFAC's three CSV files joined by their entity number, and OpenSanctions' entities as
JSON lines. Nothing is guessed: what does not fit is a `ListFault` with file, place and value.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from huangpu.gateways.lists.ftm_json import read_ftm
from huangpu.gateways.lists.ofac_csv import read_ofac
from huangpu.gateways.lists.reading import ListFault, ReadList
from huangpu.gateways.lists.un_xml import read_un

__all__ = ["FORMATS", "ListFault", "ReadList", "read_list"]

FORMATS: Mapping[str, Callable[[list[Path]], ReadList]] = {
    "un": read_un,
    "ofac": read_ofac,
    "ftm": read_ftm,
}
"""How a format is called on the command line, and who reads it."""


def read_list(form: str, files: list[Path]) -> ReadList:
    """Read the files of one list.

    Raises: ListFault, also for a format that is not known; OSError.
    """
    reader = FORMATS.get(form)
    if reader is None:
        raise ListFault(form, "", f"no such format, one of {' '.join(FORMATS)}")
    return reader(files)
