"""The table of used ids: finds what was added and nothing else, however full, and survives as bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huangpu.core import keys
from huangpu.core.keys import KeyTable

TEXTS = st.lists(st.text(max_size=6), max_size=300)


@given(added=TEXTS, others=TEXTS)
def test_finds_every_number_of_a_text_and_none_of_another(
    added: list[str], others: list[str]
) -> None:
    table = KeyTable()
    plain: dict[str, list[int]] = {}
    for number, text in enumerate(added):
        table.add(text, number)
        plain.setdefault(text, []).append(number)
    for text in [*added, *others]:
        assert sorted(table.find(text)) == plain.get(text, [])
    assert len(table) == len(added)


def test_ten_thousand_keys_are_found_after_a_dump_and_further_additions() -> None:
    table = KeyTable()
    for number in range(10_000):
        table.add(f"key-{number}", number)
    again = KeyTable.load(table.dump())
    assert again.dump() == table.dump()
    for number in range(10_000, 12_000):
        table.add(f"key-{number}", number)
        again.add(f"key-{number}", number)
    assert again.dump() == table.dump()
    assert all(again.find(f"key-{number}") == (number,) for number in range(12_000))
    assert not any(again.find(f"other-{number}") for number in range(12_000))


@pytest.mark.parametrize("home", [0, 1, 6, 7, 2**58 - 1])
def test_keys_of_one_home_run_over_the_end_of_their_segment(
    home: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All hashes fall on few slots, the last among them: the rest wrap to the beginning."""

    def hashed(text: bytes) -> int:
        return (int(text) % 5 << 40) + home

    monkeypatch.setattr(keys, "xxh3_64_intdigest", hashed)
    table = KeyTable()
    for number in range(100):
        table.add(str(number), number)
    again = KeyTable.load(table.dump())
    for number in range(100):
        assert sorted(again.find(str(number))) == list(range(number % 5, 100, 5))
