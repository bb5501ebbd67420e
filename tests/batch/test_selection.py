"""Lots: which communes they hold, and what is said of those that cannot be used."""

from __future__ import annotations

import pytest

from helpers import paths
from helpers.errors import ParameterError, StoreError
from helpers.publication import selection
from helpers.territory import communes as territory

MEL = "200093201"


def write(project, text, name="essai"):
    path = project / "params" / "lots" / f"{name}.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def codes(name):
    return [place.code for place in selection.load(name).places]


def test_the_lots_of_the_project_are_the_communes_of_lille_and_those_with_a_file():
    mel = selection.load("mel").places
    assert len(mel) == 95
    assert {place.code for place in mel} == set(territory.members_of(MEL)["code"])
    pilots = {place.slug for place in selection.load("pilotes").places}
    assert pilots == {path.stem for path in paths.PARAMS.glob("*.yml")} - {"defaut"}


@pytest.mark.parametrize(
    ("selector", "some", "least"),
    [("epci:200093201", "59299", 95), ("arrondissement:595", "59299", 120), ("departement:59", "59299", 640), ("departement:2A", "2A004", 120),
     ("region:32", "60057", 3700), ("france", "97611", 34_800)],
)  # fmt: skip
def test_a_selector_holds_every_commune_of_its_territory_once_in_order(selector, some, least):
    found = codes(selector)
    assert some in found
    assert len(found) >= least
    assert found == sorted(set(found))


def test_a_file_brings_together_communes_by_name_or_code_and_selectors(project):
    write(
        project, f"communes: [Hem, '01004', \"L'Haÿ-les-Roses\", hem]\nepci: '{MEL}'\ndepartement: ['75']\n"
    )
    found = codes("essai")
    assert {"59299", "01004", "94038", "59350", "75056"} <= set(found)
    assert len(found) == 95 + 3


def test_the_path_of_a_file_is_a_lot_too(project, tmp_path):
    path = tmp_path / "ailleurs.yml"
    path.write_text("communes: Hem\n", encoding="utf-8")
    assert codes(str(path)) == ["59299"]


@pytest.mark.parametrize(
    "query", ["Hem", "hem", "59299", "Le Havre", "l'hay les roses", "2a004", " Annœullin "]
)
def test_a_commune_found_without_doubt_is_the_one_that_the_territory_finds(query):
    found, known = selection.find(query), territory.find_commune(query)
    assert (found.code, found.slug, found.label) == (known.code, known.slug, known.label)


@pytest.mark.parametrize("query", ["Saint-Denis", "Hemm", "", "99999", "Lomme", "\udc80", "%", "' OR 1=1 --"])
def test_a_doubt_is_left_to_who_can_tell(query):
    assert selection.find(query) is None


def test_the_parameters_of_a_lot_come_with_it(project):
    write(project, "communes: Hem\nparametres:\n  agence: Du lot\n")
    batch = selection.load("essai")
    assert batch.parameters.values == {"agence": "Du lot"}
    assert batch.key == "params/lots/essai.yml"
    assert selection.load("trois").parameters is None


@pytest.mark.parametrize(
    ("name", "clues"),
    [
        ("", ["Aucun lot", "trois", "epci:<code>"]),
        ("troi", ["'troi'", "lot=trois"]),
        ("../hem", ["'../hem'"]),
        ("absent.yml", ["absent.yml", "absent"]),
        ("lune:3", ["lot='lune:3'", "epci:<code>"]),
        ("epci:", ["lot='epci:'", "epci:<code>"]),
        ("epci:123", ["epci '123'", "aucune commune"]),
        ("departement:1", ["departement '1'", "aucune commune"]),
        ("epci:' OR 1=1 --", ["aucune commune"]),
    ],
)
def test_a_lot_that_is_not_known_is_named_with_what_to_do(project, name, clues):
    with pytest.raises(ParameterError) as caught:
        selection.load(name)
    for clue in clues:
        assert clue in str(caught.value)
    assert caught.value.remedy


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{rank}: &a{rank} [{', '.join([f'*a{rank - 1}'] * 10)}]\n" for rank in range(1, 12)
)


@pytest.mark.parametrize("empty", ["", ' ""', " null"])
def test_an_empty_key_is_as_if_it_were_not_there(project, empty):
    keys = [*selection.Lot.model_fields.keys() - {"communes"}]
    write(project, "communes:\n  - Hem\n  -\n" + "".join(f"{key}:{empty}\n" for key in keys))
    lot = selection.load("essai")
    assert [place.code for place in lot.places] == ["59299"]
    assert lot.parameters is None


@pytest.mark.parametrize(
    ("text", "clues"),
    [
        ("", ["aucune commune"]),
        ("communes: []\n", ["aucune commune"]),
        ("france: false\n", ["aucune commune"]),
        ("- Hem\n", ["des clés et des valeurs"]),
        ("communes: [59299]\n", ["ligne 1", "59299", "guillemets"]),
        ("epci: 200093201\n", ["ligne 1", "200093201", "attendu une liste"]),
        ("departement: [01]\n", ["ligne 1", "guillemets"]),
        ("communes: Hem\nfrance: oui\n", ["ligne 2", "'oui'"]),
        ("comunes: [Hem]\n", ["ligne 1", "'comunes'", "'communes'"]),
        (
            "communes: [Hem, Hemm, Saint-Denis, '59355']\n",
            ["'Hemm'", "'Saint-Denis'", "Lomme (59355)", "essai.yml"],
        ),
        ("epci: 'x'\nregion: '99'\n", ["epci 'x'", "region '99'"]),
        ("communes: Hem\nparametres: 3\n", ["ligne 2", "parametres"]),
        ("communes: Hem\nparametres: {agense: x}\n", ["ligne 2", "'agense'", "'agence'"]),
        ("communes: Hem\nparametres: {commune: '59011'}\n", ["ligne 2", "ne désignent pas de commune"]),
        ("communes: Hem\nparametres: {millesime: 2018, millesime_ancien: 2016}\n", ["ligne 2", "5 ans"]),
        (b"communes: \xff\n", ["ligne 1", "UTF-8"]),
        ("communes: [Hem\n", ["illisible"]),
        ("communes: !!python/object/apply:os.system ['true']\n", ["communes"]),
        ("communes: *x\n", ["illisible"]),
        (LAUGHS, ["trop de valeurs"]),
        (f"communes: {'[' * 3000}{']' * 3000}\n", ["ligne 1", "emboîtées"]),
        ("communes: &a [*a]\n", ["essai.yml"]),
        ("parametres: &a {agence: *a}\n", ["essai.yml"]),
    ],
    ids=range(23),
)
def test_a_file_that_cannot_be_used_is_refused_with_its_name(project, text, clues):
    write(project, text)
    with pytest.raises(ParameterError) as caught:
        selection.load("essai")
    for clue in clues:
        assert clue in str(caught.value)
    assert "essai.yml" in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("content", [None, b"", b"PAR1"])
def test_a_list_of_communes_that_cannot_be_read_is_named(project, monkeypatch, content):
    folder = project / "store"
    folder.mkdir()
    monkeypatch.setenv("HELPERS_STORE", str(folder))
    if content is not None:
        (folder / "territories.parquet").write_bytes(content)
    with pytest.raises(StoreError) as caught:
        selection.load("france")
    assert str(folder) in caught.value.message
    assert caught.value.remedy


def test_the_last_known_population_of_every_commune_is_reported():
    people = selection.populations()
    assert people["59350"] > people["59299"] > people["59011"] > 0
