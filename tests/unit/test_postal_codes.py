"""Numbers that people type: an Insee code, a postal code, or both."""

from __future__ import annotations

import pandas as pd
import pytest
from command import call

from helpers import paths
from helpers.errors import AmbiguousCommuneError, SourceError
from helpers.parameters import load_parameters
from helpers.publication import selection
from helpers.sources import postal_codes as reader
from helpers.territory.communes import find_commune
from helpers.territory.postal_codes import refuse_postal_code


@pytest.fixture(scope="module")
def pairs(embedded):
    return pd.read_parquet(embedded / "postal_codes.parquet")


@pytest.fixture(scope="module")
def communes(embedded):
    return pd.read_parquet(embedded / "territories.parquet").set_index("code")


@pytest.mark.parametrize(
    ("number", "said", "commands"),
    [
        (
            "59112",
            ["code Insee de Bruay-sur-l'Escaut (59)", "code postal d’Annœullin (59) et de Carnin (59)"],
            {"insee:59112": "59112", "annoeullin": "59011", "carnin": "59133"},
        ),
        (
            "59299",
            ["code Insee de Hem (59)", "code postal de Boeschepe (59)"],
            {"insee:59299": "59299", "boeschepe": "59086"},
        ),
        ("59000", ["n'est le code Insee d'aucune", "code postal de Lille (59)"], {"lille": "59350"}),
        (
            "59510",
            ["n'est le code Insee d'aucune", "code postal de Forest-sur-Marque (59) et de Hem (59)"],
            {"forest-sur-marque": "59247", "hem": "59299"},
        ),
    ],
)
def test_a_postal_code_names_the_communes_that_it_may_mean_and_builds_nothing(number, said, commands):
    with pytest.raises(AmbiguousCommuneError) as caught:
        load_parameters(number)
    assert all(each in caught.value.message for each in said), caught.value.message
    typed = [line.split()[0] for line in caught.value.remedy.splitlines()[1:]]
    assert typed == [
        f"commune={query}" for query in sorted(commands, key=lambda query: query.startswith("insee:"))
    ]
    for query, code in commands.items():
        assert load_parameters(query)[1].code == code


@pytest.mark.parametrize("words", [["build", "59112"], ["data", "--", "59112"], ["pdf", " 59112 "]])
def test_the_command_stops_before_it_does_anything(words, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "OUTPUTS", tmp_path)
    code, answer = call(*words)
    assert code == 1
    assert "commune=annoeullin" in answer
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("code", ["59011", "59527", "39198", "2A004", "01004", "75056"])
def test_a_number_that_is_no_postal_code_is_an_insee_code(code):
    assert load_parameters(code)[1].code == code


def test_a_commune_whose_two_codes_are_the_same_number_is_found(pairs, communes):
    sharing = pairs.groupby("postal_code")["code"].agg(set)
    same = [number for number, codes in sharing.items() if codes == {number} and number in communes.index]
    assert same
    for number in same[:5]:
        assert load_parameters(number)[1].code == number
        assert not selection.is_postal_code(number)


@pytest.mark.large
def test_every_command_that_is_suggested_finds_its_commune(pairs, communes):
    lille = communes.index[communes["epci"] == "200093201"]
    numbers = sorted(set(pairs.loc[pairs["code"].isin(lille), "postal_code"]))
    refused = 0
    for number in numbers:
        try:
            refuse_postal_code(number)
        except AmbiguousCommuneError as error:
            refused += 1
            for line in error.remedy.splitlines()[1:]:
                query = line.split()[0].removeprefix("commune=")
                refuse_postal_code(query)
                assert find_commune(query).code in {
                    number,
                    *pairs.loc[pairs["postal_code"] == number, "code"],
                }
    assert refused == len(numbers)


def test_in_a_file_of_parameters_a_number_is_an_insee_code(tmp_path):
    file = tmp_path / "ici.yml"
    file.write_text('commune: "59112"\n', encoding="utf-8")
    assert load_parameters(str(file))[1].name == "Bruay-sur-l'Escaut"


def test_every_commune_of_the_list_of_the_file_has_a_postal_code(pairs, communes):
    assert set(communes.index) == set(pairs["code"])


def write(path, rows):
    path.write_text("\n".join(["code;nom;codes_postaux", *rows]) + "\n", encoding="utf-8")
    return path


def test_each_postal_code_of_a_commune_is_a_row(tmp_path):
    path = write(
        tmp_path / "communes.csv", ["59350;Lille;59000,59160", "01001;L'Abergement;01400", "97501;X;"]
    )
    assert reader.read(path)["postal_codes"].values.tolist() == [
        ["01001", "01400"],
        ["59350", "59000"],
        ["59350", "59160"],
    ]


@pytest.mark.parametrize("cell", ["1400", "01400|01401", "0140A"])
def test_what_is_no_postal_code_is_refused_with_its_commune(tmp_path, cell):
    with pytest.raises(SourceError, match="commune 01001"):
        reader.read(write(tmp_path / "communes.csv", [f"01001;L'Abergement;{cell}"]))


def test_the_embedded_table_is_that_of_the_file(sources, pairs):
    from helpers.sources import readers
    from helpers.sources.registry import find_source

    read = readers.read(find_source("communes_2026"), sources)["postal_codes"]
    pd.testing.assert_frame_equal(read, pairs, check_dtype=False)
