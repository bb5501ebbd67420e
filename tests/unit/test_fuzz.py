"""Whatever is given (parameters, names, files): it is taken, or refused in French; never a traceback, nothing else on
the terminal. `FUZZ=10000` (make fuzz) tries as many of each; chance is drawn from `FUZZ_SEED`, 0 by default."""

from __future__ import annotations

import gzip
import io
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers import paths
from helpers.errors import DiagnosticError
from helpers.parameters import load_parameters
from helpers.publication import selection
from helpers.sources.duckdb_scan import open_scan
from helpers.sources.files import read_delimited, read_text
from helpers.territory.queries import read_query

COUNT = int(os.environ.get("FUZZ", "300"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
# An error shows what was given on 80 characters; what is around it, and the remedy, are ours.
LONGEST = 3000
WORDS = [
    "commune", "agence", "millesime", "comparaison", "commentaires", "demographie", "seuils", "Hem", "59299", "2018",
    "2018-13-45", "2023-02-30", "null", "true", ".inf", "1e999", "0x", "!!python/object:os.system", "&a", "*a", "<<",
    "- ", ": ", "\n", "\n  ", "\t", "#", "'", '"', "[", "]", "{", "}", "|", ">", "%", "@", "`", "\\", "é", "\0",
    "\x1b[31m", "\u202e", "\ud800", "\ufeff", "---\n", "...\n", "<<<<<<< HEAD\n", "=======\n",
]  # fmt: skip


def text(chance: random.Random) -> str:
    """A text of pieces that harm parsers."""
    said = "".join(chance.choices(WORDS, k=chance.randint(0, 8)))
    return said if chance.random() < 0.98 else f"{said}{chance.choice('x9 é') * 10_000}"


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A content of which some bytes are changed, lost or repeated."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(found) + 1)
        piece = chance.choice(
            [b"", chance.randbytes(3), b";", b"\n", b'"', b"\0", "é".encode("latin-1"), found[at : at + 20]]
        )
        found[at : at + chance.choice([0, 1, 8, len(found)])] = piece
    return bytes(found)


@pytest.fixture
def tried(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """Call what may refuse; nothing else may be raised nor printed."""
    refusals = []

    def attempt(call: Callable[..., object], given: object) -> None:
        try:
            call(given)
        except DiagnosticError as error:
            refusals.append(str(error))
            if len(str(error)) > LONGEST:
                raise AssertionError(f"too long for {given!r:.300}: {error!s:.600}") from None
        except Exception as error:
            raise AssertionError(f"{type(error).__name__} for {given!r:.300}: {error}") from error

    yield attempt
    assert refusals
    assert all("\n→" in refusal for refusal in refusals)
    assert capfd.readouterr() == ("", "")


def test_any_file_of_parameters_is_taken_or_refused_in_french(tried, tmp_path):
    chance, path = random.Random(SEED), tmp_path / "essai.yml"
    model = (paths.PARAMS / "defaut.yml").read_bytes()
    for rank in range(COUNT):
        made = text(chance).encode("utf-8", "surrogatepass")
        path.write_bytes(damaged(model, chance) if rank % 3 == 0 else b"commune: Hem\n" * (rank % 2) + made)
        tried(load_parameters, str(path))


def test_any_name_is_found_or_refused_in_french(tried):
    chance = random.Random(SEED)
    for rank in range(COUNT):
        name = text(chance)
        tried(partial(read_query, departments=dict), name)
        tried(selection.load, name)
        # They look all of France through.
        if rank % 50 == 0 and not name.strip().endswith((".yml", ".yaml")):
            tried(load_parameters, name)
            tried(selection.find, name)


def scan(path, *, member):
    with open_scan(path, columns=["CODGEO", "P18"], separator=";", member=member) as opened:
        opened.fetch("SELECT count(*) FROM rows")


def test_any_file_of_figures_is_read_or_refused_in_french(tried, tmp_path):
    chance = random.Random(SEED)
    rows = "CODGEO;P18;NOM\n" + "".join(f"{code:05};{code * 3};Été {code}\n" for code in range(40))
    plain, packed, parquet = rows.encode(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("data.csv", rows)
    pq.write_table(pa.table({"CODGEO": ["59299"] * 30, "P18": range(30)}), parquet)
    kinds = {
        "a.csv": plain,
        "a.csv.gz": gzip.compress(plain),
        "a.zip": packed.getvalue(),
        "a.parquet": parquet.getvalue(),
    }
    for rank in range(COUNT):
        name, content = list(kinds.items())[rank % len(kinds)]
        path = tmp_path / name
        path.write_bytes(damaged(content, chance))
        member = "data.csv" if name == "a.zip" else None
        if name != "a.parquet":
            tried(lambda place: read_text(place, separator=";", member=member), path)  # noqa: B023
            tried(lambda place: read_delimited(place, columns=["CODGEO"], separator=";", member=member), path)  # noqa: B023
        # It opens a database.
        if name != "a.csv.gz" and rank % 20 < 4:
            tried(lambda place: scan(place, member=member), path)  # noqa: B023
