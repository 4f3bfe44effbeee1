"""The index finds what a full scan finds above the lowest band, with the same score, and forgets what is removed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from huangpu.venues.offshore.screening.index import NameIndex
from huangpu.venues.offshore.screening.matching import FLOOR_BP, score
from huangpu.venues.offshore.screening.names import normal

PARTS = [
    "simulated", "simulatd", "harbour", "harbor", "trading", "great", "wave", "waves", "star", "bluestar", "blue", "group",
    "wang", "wong", "huang", "xiao", "siu", "ming", "xiaoming", "hsiaoming", "zhang", "chang", "cheung", "al", "rashid",
    "alrashid", "j", "john", "jon", "jonathan", "7", "8", "shanghai", "shang", "hai", "蓝鲸", "上海", "小明", "ltd", "gmbh",
]  # fmt: skip
NAMES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map(" ".join)


def scanned(listed: list[list[str]], asked: str) -> dict[tuple[str, str], int]:
    best = {}
    for number, names in enumerate(listed):
        found = max(score(normal(asked), normal(name)) for name in names)
        if found >= FLOOR_BP:
            best["L", str(number)] = found
    return best


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.lists(NAMES, min_size=1, max_size=3), min_size=1, max_size=12),
    st.lists(NAMES, min_size=1, max_size=4),
)
def test_index_finds_what_the_full_scan_finds(listed: list[list[str]], asked: list[str]) -> None:
    index = NameIndex()
    for number, names in enumerate(listed):
        index.add(("L", str(number)), names)
    for name in asked:
        assert index.scores([name]) == scanned(listed, name), name
    index.remove(("L", "0"))
    for name in asked:
        left = {owner: found for owner, found in scanned(listed, name).items() if owner[1] != "0"}
        assert index.scores([name]) == left, name


LETTERS = st.text("abcdo", min_size=3, max_size=11)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_words_with_letters_wrong_are_found_as_by_the_full_scan(data: st.DataObject) -> None:
    words = data.draw(st.lists(LETTERS, min_size=3, max_size=10, unique=True))
    names = st.lists(st.sampled_from([*words, "trading", "al"]), min_size=1, max_size=4)
    listed = [[" ".join(name)] for name in data.draw(st.lists(names, min_size=1, max_size=12))]
    index = NameIndex()
    for number, one in enumerate(listed):
        index.add(("L", str(number)), one)
    for name in data.draw(st.lists(names, min_size=1, max_size=4)):
        place = data.draw(st.integers(0, len(name) - 1))
        at = data.draw(st.integers(0, len(name[place])))
        wrong = (
            name[place][:at] + data.draw(st.sampled_from(["", "x", "b"])) + name[place][at + 1 :]
        )
        asked = " ".join([*name[:place], wrong, *name[place + 1 :]])
        assert index.scores([asked]) == scanned(listed, asked), asked


def test_the_best_of_several_names_counts() -> None:
    index = NameIndex()
    index.add(("L", "1"), ["Great Wave", "Simulated Harbour"])
    assert index.scores(["Simulatd Harbour", "Simulated Harbour"]) == {("L", "1"): 10_000}
    assert len(index) == 1
