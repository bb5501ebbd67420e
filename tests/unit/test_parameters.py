from __future__ import annotations

import json

import pytest
from ruamel.yaml import YAML

from helpers import paths
from helpers.errors import DiagnosticError, MergedCommuneError, ParameterError, UnknownCommuneError
from helpers.parameters import (
    CellParameters,
    Parameters,
    complete,
    load_parameters,
    read_cell,
    schema_text,
    write_schema,
)

DEFAULTS = """\
millesime: 2018
millesime_ancien: 2013
pyramides: [2008, 2018]
comparaison: [epci, departement, region, france]
agence: ""
"""


@pytest.fixture
def folder(tmp_path):
    """A folder of parameters of its own: `write("hem", "millesime: 2021")` adds a file to it."""
    (tmp_path / "defaut.yml").write_text(DEFAULTS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def write(folder):
    def _write(slug, text):
        path = folder / f"{slug}.yml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return _write


@pytest.fixture
def refused(folder):
    def _refused(query="Hem", **options):
        with pytest.raises(ParameterError) as caught:
            load_parameters(query, folder=folder, **options)
        return caught.value

    return _refused


def test_the_defaults_make_any_commune_work(folder):
    parameters, commune = load_parameters("Ouessant", folder=folder)
    assert (parameters.commune, commune.code) == ("29155", "29155")
    assert (parameters.millesime, parameters.millesime_ancien) == (2018, 2013)
    assert parameters.pyramides == [2008, 2018]


@pytest.mark.parametrize("query", ["insee:59299", "Hem", "hem", "HEM"])
def test_the_file_of_a_commune_is_found_however_the_commune_is_asked_for(folder, write, query):
    write("hem", 'commune: "59299"\nagence: Atelier\n')
    assert load_parameters(query, folder=folder)[0].agence == "Atelier"


def test_the_commune_overrides_the_defaults_and_the_command_line_overrides_the_commune(folder, write):
    write("hem", "millesime: 2021\nagence: Atelier\n")
    parameters, _ = load_parameters("Hem", folder=folder, overrides={"agence": "Autre"})
    # One value from each layer: defaut.yml, hem.yml, command line.
    assert (parameters.millesime_ancien, parameters.millesime, parameters.agence) == (2013, 2021, "Autre")


def test_a_file_of_parameters_can_be_given_by_its_path(folder, tmp_path):
    own = tmp_path / "elsewhere.yaml"
    own.write_text('commune: "59220"\nagence: Atelier\n', encoding="utf-8")
    parameters, commune = load_parameters(str(own), folder=folder)
    assert (commune.name, parameters.agence) == ("Faches-Thumesnil", "Atelier")


def test_the_commune_of_the_command_line_wins_as_any_other_key_does(folder, write):
    path = write("z", 'commune: "59299"\n')
    parameters, commune = load_parameters(str(path), folder=folder, overrides={"commune": "59220"})
    assert (parameters.commune, commune.code) == ("59220", "59220")


def test_comments_of_two_layers_are_kept_together(folder, write):
    (folder / "defaut.yml").write_text(
        DEFAULTS + "commentaires: {logement: a, enjeux: b}\n", encoding="utf-8"
    )
    write("hem", "commentaires:\n  enjeux: c\n")
    parameters, _ = load_parameters("Hem", folder=folder)
    assert parameters.commentaires == {"logement": "a", "enjeux": "c"}


def test_an_empty_file_changes_nothing(folder, write):
    write("hem", "# rien de plus\n")
    assert load_parameters("Hem", folder=folder)[0] == load_parameters("insee:59299", folder=folder)[0]


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_written_by_notepad_is_read(folder, write, mark, end):
    write("hem", f'{mark}commune: "59299"{end}agence: L’atelier{end}')
    assert load_parameters("Hem", folder=folder)[0].agence == "L’atelier"


@pytest.mark.parametrize("written", ["01004", "1004"])
def test_an_unquoted_code_is_reported_to_take_quotes(write, refused, written):
    path = write("z", f"agence: a\ncommune: {written}\n")
    error = refused(str(path))
    assert "z.yml, ligne 2" in error.message
    assert "un nombre" in error.message
    assert "guillemets" in error.remedy
    assert 'commune: "01004"' in error.remedy


def test_an_unquoted_code_that_can_only_be_what_it_looks_like_is_taken(folder, write):
    # papermill -p commune 59299 gives a number too.
    assert load_parameters(str(write("z", "commune: 59299\n")), folder=folder)[0].commune == "59299"
    assert read_cell({"commune": 59299})[0].commune == "59299"


def test_a_code_that_lost_its_zero_on_the_command_line_is_reported_to_take_quotes(refused):
    error = refused(None, overrides={"commune": 1004})
    assert error.message.startswith("ligne de commande")
    assert "guillemets" in error.remedy


@pytest.mark.parametrize("written", ["2018-01-01", "true", "[59299]"])
def test_a_commune_that_is_no_text_is_not_called_a_number(write, refused, written):
    error = refused(str(write("z", f"commune: {written}\n")))
    assert "attendu un texte" in error.message
    assert "un nombre" not in error.message


@pytest.mark.parametrize(
    ("misspelt", "meant"), [("milesime", "millesime"), ("comparaisons", "comparaison"), ("agense", "agence")]
)
def test_a_misspelt_key_gets_its_line_and_a_near_match(write, refused, misspelt, meant):
    write("hem", f'commune: "59299"\n\n{misspelt}: 2018\n')
    error = refused()
    assert f"hem.yml, ligne 3 : clé inconnue {misspelt!r} ; vouliez-vous dire {meant!r} ?" in error.message
    assert meant in error.remedy


def test_a_key_like_no_other_gets_the_list_of_keys(write, refused):
    write("hem", "zzz: 1\n")
    error = refused()
    assert "vouliez-vous dire" not in error.message
    assert all(key in error.remedy for key in Parameters.model_fields)


def test_every_problem_is_reported_at_once_with_its_own_line(write, refused):
    write("hem", "milesime: 2018\ncomparaison: [epci, lune]\nagence: 3\npyramides: [2008]\n")
    lines = refused(overrides={"millesime": "2018"}).message.splitlines()
    assert len(lines) == 5
    for place, clue in [
        ("hem.yml, ligne 1", "milesime"),
        ("hem.yml, ligne 2", "'lune'"),
        ("hem.yml, ligne 3", "agence"),
        ("hem.yml, ligne 4", "liste trop courte"),
        ("ligne de commande", "'2018'"),
    ]:
        assert any(place in line and clue in line for line in lines), (place, clue, lines)


def test_an_unknown_commune_does_not_hide_the_other_problems(folder, write):
    path = write("z", 'commune: "Hemm"\nmilesime: 2018\n')
    with pytest.raises(UnknownCommuneError) as caught:
        load_parameters(str(path), folder=folder)
    assert "z.yml, ligne 1" in caught.value.message
    assert "z.yml, ligne 2 : clé inconnue 'milesime'" in caught.value.message
    assert "Hem (59299)" in caught.value.remedy


def test_a_merged_commune_in_a_file_keeps_its_kind_and_gains_its_line(folder, write):
    path = write("z", 'agence: a\ncommune: "59355"\n')
    with pytest.raises(MergedCommuneError, match=r"z\.yml, ligne 2 : Lomme \(59355\)"):
        load_parameters(str(path), folder=folder)


@pytest.mark.parametrize(
    ("text", "clue"),
    [
        ("millesime: 2018.0\n", "nombre entier"),
        ('millesime: "2018"\n', "nombre entier"),
        ("millesime: true\n", "nombre entier"),
        ("millesime: 1900\n", "trop petite"),
        ("comparaison: []\n", "trop courte"),
        ("comparaison: epci\n", "attendu une liste"),
        ("convention: C\n", "attendu 'A' ou 'B'"),
        ("decalage: 3\n", "attendu 0, 1 ou 2"),
        ("niveau_pyramide: ages\n", "attendu 'individus', 'menages', 'logements' ou ''"),
        ("pyramides: [2003, 2008, 2018]\n", "trop longue"),
        (f"agence: {'a' * 121}\n", "trop long"),
        ("agence: 3\n", "guillemets"),
        ("commentaires: {demographi: a}\n", "thème inconnu 'demographi' ; vouliez-vous dire 'demographie' ?"),
        ("commentaires: {logement: 3}\n", "commentaires.logement"),
        ("commentaires: a\n", "des clés et des valeurs"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_french(write, refused, text, clue):
    write("hem", text)
    message = refused().message
    assert "hem.yml, ligne 1" in message
    assert clue in message
    # pydantic's own words would be English.
    assert not any(word in message for word in ("should", "Input", "valid", "[key]"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("millesime_ancien: 2014\n", "millesime_ancien"),
        ("millesime_ancien: 2018\n", "millesime_ancien"),
        ("millesime_ancien: 2023\n", "millesime_ancien"),
        ("pyramides: [2014, 2018]\n", "pyramides"),
        ("pyramides: [2018, 2008]\n", "pyramides"),
    ],
)
def test_vintages_less_than_five_years_apart_are_refused(write, refused, text, key):
    write("hem", text)
    message = refused().message
    assert f"hem.yml, ligne 1 : {key}" in message
    assert "5 ans" in message


def test_the_file_that_breaks_a_rule_on_two_keys_is_the_one_named(write, refused):
    write("hem", "agence: a\nmillesime: 2016\n")
    message = refused().message
    assert "hem.yml, ligne 2" in message
    assert "2013 et 2016" in message
    assert "defaut.yml" not in message


def test_vintages_five_years_apart_are_accepted(folder, write):
    write("hem", "millesime: 2021\nmillesime_ancien: 2016\npyramides: [2013, 2018]\n")
    assert load_parameters("Hem", folder=folder)[0].millesime_ancien == 2016


def test_a_file_that_bears_one_name_and_designates_another_commune_is_refused(write, refused):
    write("hem", 'agence: a\ncommune: "59220"\n')
    error = refused()
    assert "hem.yml, ligne 2" in error.message
    assert "Hem (59)" in error.message
    assert "'59220'" in error.message
    assert 'commune: "59299"' in error.remedy


@pytest.mark.parametrize(
    ("content", "clue"),
    [
        ("agence: é".encode("latin-1"), "UTF-8"),
        (b"- 59299\n", "des clés et des valeurs"),
        (b"59299\n", "des clés et des valeurs"),
        (b"agence: a\n\tmillesime: 2018\n", "ligne 2"),
        (b"agence: a\nagence: b\n", "ligne 2"),
        (b"agence: 'a\n", "illisible"),
        (b"agence: a\n---\nagence: b\n", "ligne 2"),
        (b"agence: *x\n", "ligne 1"),
        (b"agence: \x07\n", "illisible"),
        (b"? \n: 3\n", "clé inconnue"),
        (b"agence: &a [*a]\n", "agence"),
        (b"<<: {agense: x}\n", "clé inconnue 'agense'"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_not_a_crash(write, refused, content, clue):
    write("hem", content)
    error = refused()
    assert "hem.yml" in error.message
    assert clue in error.message
    assert error.remedy


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be"])
def test_a_file_of_windows_that_says_how_it_is_written_is_read(folder, write, code):
    write("hem", '\ufeffcommune: "59299"\r\nagence: L’été à Hem\r\n'.encode(code))
    assert load_parameters("Hem", folder=folder)[0].agence == "L’été à Hem"


@pytest.mark.parametrize(
    ("content", "line", "shown", "clues"),
    [
        (
            "agence: a\r\ncommentaires:\r\n  logement: L’été\r\n".encode("cp1252"),
            3,
            "logement: L’été",
            ["UTF-8", "Bloc-notes"],
        ),
        ("agence: été\n".encode("utf-16-le"), 1, "", ["UTF-16", "Enregistrez le fichier en UTF-8"]),
        (b"commentaires:\n\tlogement: a\n", 2, "logement: a", ["tabulation", "espaces"]),
        (b"agence:\ta\n", 1, "agence:\ta", ["tabulation", "espaces"]),
        (b"# b\nagence: Atelier : Lille\n", 2, "agence: Atelier : Lille", ["guillemets", "clé: >"]),
        (
            b"commentaires:\n  logement: Le parc : ancien\n",
            2,
            "logement: Le parc : ancien",
            ["guillemets", "clé: >"],
        ),
        (
            b"commentaires:\n  logement: un texte\n  sur deux lignes\n",
            3,
            "sur deux lignes",
            ["guillemets", "clé: >"],
        ),
        (b"agence: 'l'atelier'\n", 1, "agence: 'l'atelier'", ["guillemet"]),
        (b"agence: a\nagence: b\n", 2, "agence: b", ["deux fois"]),
        (b"agence: 'a\nmillesime: 2018\n", 2, "millesime: 2018", ["guillemet"]),
        (b"agence: @a\n", 1, "agence: @a", ["guillemets"]),
        (b"millesime: 2018-13-45\n", 1, "millesime: 2018-13-45", ["date impossible", "guillemets"]),
        (
            b"agence: a\npyramides: [2018-02-30, 2008]\n",
            2,
            "pyramides: [2018-02-30, 2008]",
            ["date impossible"],
        ),
        (
            b"agence: a\n<<<<<<< HEAD\nmillesime: 2018\n=======\nmillesime: 2021\n>>>>>>> x\n",
            2,
            "<<<<<<< HEAD",
            ["fusion", "une des deux versions"],
        ),
    ],
)
def test_a_mistake_of_writing_shows_its_line_and_the_remedy(write, refused, content, line, shown, clues):
    write("hem", content)
    error = refused()
    assert f"hem.yml, ligne {line} : " in error.message
    assert error.message.endswith(f"\n  {shown}" if shown else ".")
    for clue in clues:
        assert clue in str(error)
    # ruamel's own words would be English.
    assert not any(word in str(error) for word in ("found", "expected", "codec", "not allowed"))


@pytest.mark.parametrize("empty", ["", ' ""', " null"])
def test_an_empty_key_of_any_kind_means_its_default(folder, write, empty):
    keys = [name for name in Parameters.model_fields if name != "commune"]
    (folder / "defaut.yml").write_text("".join(f"{key}:{empty}\n" for key in keys), encoding="utf-8")
    write("hem", "".join(f"{key}:{empty}\n" for key in ["commune", *keys]))
    assert load_parameters("Hem", folder=folder)[0] == Parameters(commune="59299")


def test_an_empty_list_of_comments_leaves_those_of_everyone(folder, write):
    (folder / "defaut.yml").write_text("commentaires: {enjeux: a}\n", encoding="utf-8")
    write("hem", "commentaires:\n")
    assert load_parameters("Hem", folder=folder)[0].commentaires == {"enjeux": "a"}


def test_a_missing_file_is_named_with_what_to_do(folder, refused):
    error = refused(str(folder / "absent.yml"))
    assert "absent.yml" in error.message
    assert "make commune=" in error.remedy


def test_a_folder_in_place_of_a_file_is_named(folder, refused):
    (folder / "dossier.yml").mkdir()
    assert "dossier.yml" in refused(str(folder / "dossier.yml")).message


@pytest.mark.parametrize("query", [None, ""])
def test_no_commune_at_all_gives_an_example(refused, query):
    assert "make commune=Hem" in refused(query).remedy


def test_every_parameter_file_of_the_repository_is_valid():
    files = sorted(paths.PARAMS.glob("*.yml"))
    own = [path for path in files if path.stem != "defaut"]
    assert {path.stem for path in own} >= {"hem", "faches-thumesnil", "annoeullin", "saint-andre-lez-lille"}
    for path in own:
        _, by_path = load_parameters(str(path))
        _, by_slug = load_parameters(path.stem)
        assert by_path.code == by_slug.code
        assert by_path.slug == path.stem, f"{path} designates {by_path.label}"


def test_the_defaults_of_the_code_are_those_of_the_default_file():
    written = YAML(typ="safe").load((paths.PARAMS / "defaut.yml").read_text(encoding="utf-8"))
    fields = Parameters.model_fields
    assert {key: fields[key].get_default(call_default_factory=True) for key in written} == written
    assert set(fields) - set(written) <= {"commune", "commentaires"}


def test_the_schema_for_editors_is_up_to_date():
    known, made = (
        json.loads(text)
        for text in ((paths.PARAMS / "schema.json").read_text(encoding="utf-8"), schema_text())
    )
    # A notebook may have been added since: its comment is accepted all the same, only not offered.
    themes = [kinds["properties"]["commentaires"]["anyOf"][0].pop("properties") for kinds in (known, made)]
    assert known == made, "run: make schema"
    assert set(themes[0]) <= set(themes[1])


def test_the_schema_offers_the_themes_of_the_notebooks_and_takes_any(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path)
    (tmp_path / "2b_mobilite.ipynb").write_text("{}", encoding="utf-8")
    comments = json.loads(schema_text())["properties"]["commentaires"]["anyOf"][0]
    assert list(comments["properties"]) == ["mobilite"]
    assert comments["additionalProperties"] == {"type": "string"}


def test_the_schema_describes_every_key_and_requires_none(tmp_path):
    schema = json.loads(write_schema(tmp_path / "schema.json").read_text(encoding="utf-8"))
    assert set(schema["properties"]) == set(Parameters.model_fields)
    assert all(record["description"] for record in schema["properties"].values())
    # A file of a commune says only what differs: an editor must not ask for the rest.
    assert schema["required"] == []
    # Nor underline a key left without a value.
    assert all({"type": "null"} in record["anyOf"] for record in schema["properties"].values())
    assert schema["additionalProperties"] is False


def test_an_error_about_a_commune_stays_one_that_the_reader_understands(folder):
    with pytest.raises(DiagnosticError) as caught:
        load_parameters("Zzzzzz", folder=folder)
    assert caught.value.remedy


def test_dates_left_open_take_the_latest_known_and_those_set_stay(folder, write):
    write("hem", "millesime: 2022\nmillesime_ancien:\npyramides:\n")
    parameters, _ = load_parameters("Hem", folder=folder)
    whole = complete(parameters, since=2016, until=2023, pyramids=[2011, 2022])
    assert (whole.millesime_ancien, whole.millesime, whole.pyramides) == (2016, 2022, [2011, 2022])


def test_a_date_that_does_not_go_with_the_latest_known_is_refused(folder, write):
    write("hem", "millesime:\nmillesime_ancien: 2016\n")
    parameters, _ = load_parameters("Hem", folder=folder)
    with pytest.raises(ParameterError, match=r"derniers millésimes connus : millesime_ancien : 2016 et 2018"):
        complete(parameters, since=2013, until=2018, pyramids=[2008, 2018])


def test_a_key_without_a_value_takes_its_default(folder, write):
    (folder / "defaut.yml").write_text(f"{DEFAULTS}convention: B\n", encoding="utf-8")
    write("hem", "".join(f"{key}:\n" for key in Parameters.model_fields if key != "commune") + "commune:\n")
    parameters, _ = load_parameters("Hem", folder=folder)
    assert parameters == Parameters(commune="59299")


def test_a_theme_without_a_comment_is_not_commented(folder, write):
    write("hem", "commentaires:\n  logement:\n")
    assert load_parameters("Hem", folder=folder)[0].commentaires == {"logement": ""}


WRONG = {
    "a kind": {"millesime": "2018"},
    "no list": {"pyramides": 2008},
    "one pyramid": {"pyramides": [2008]},
    "pyramids reversed": {"pyramides": [2018, 2008]},
    "vintages a year apart": {"millesime": 2018, "millesime_ancien": 2017},
    "vintages reversed": {"millesime": 2013, "millesime_ancien": 2018},
    "a value": {"convention": "C"},
    "a level": {"comparaison": ["epci", "lune"]},
    "a key": {"milesime": 2018},
    "several": {"convention": "C", "decalage": 3, "niveau_pyramide": "ages"},
}


@pytest.mark.parametrize("values", WRONG.values(), ids=WRONG)
def test_a_notebook_is_reported_what_a_file_is_reported(write, refused, values):
    texts = []
    write("hem", json.dumps(values))
    for message in (refused().message, _refuse_cell(values)):
        texts.append([line.split(" : ", 1)[1] for line in message.splitlines()])
    assert texts[0] == texts[1]


def _refuse_cell(values):
    with pytest.raises(ParameterError) as caught:
        read_cell({"commune": "59299", **values})
    assert "les clés possibles sont" in caught.value.remedy
    return caught.value.message


def test_the_problems_of_a_notebook_are_reported_with_that_of_its_commune():
    with pytest.raises(UnknownCommuneError) as caught:
        read_cell({"commune": "Hemm", "convention": "C"})
    assert "convention vaut 'C'" in caught.value.message
    with pytest.raises(ParameterError, match="Aucune commune"):
        read_cell({"commune": ""})


def test_a_tuple_is_a_list_and_nothing_is_a_default():
    read, commune = read_cell({"commune": "Hem", "pyramides": (2008, 2018), "agence": None})
    assert (read.commune, commune.name, read.pyramides, read.agence) == ("59299", "Hem", [2008, 2018], "")


def test_every_setting_is_described_in_french():
    described = Parameters(commune="59299", millesime=2018, millesime_ancien=2013, agence="A").describe()
    assert described["Recensements comparés"] == "2013 et 2018"
    assert described["Territoires de comparaison"] == "intercommunalité, département, région et France"
    # Those that are open have nothing to say yet.
    assert "Pyramides des âges" not in described
    known = {
        name: declared.title
        for name, declared in CellParameters.model_fields.items()
        if name != "commentaire"
    }
    assert None not in known.values()


@pytest.fixture
def theme(monkeypatch, tmp_path):
    """What writes a notebook that declares parameters: its path."""
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path)

    def _write(stem, source):
        cell = {
            "cell_type": "code",
            "metadata": {"tags": ["parameters"]},
            "source": source.splitlines(keepends=True),
        }
        path = tmp_path / f"{stem}.ipynb"
        path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
        return path

    return _write


def test_a_notebook_is_given_what_it_declares_and_nothing_else(theme):
    mobility = theme(
        "2b_mobilite",
        'commune: str = ""\nconvention: str = "A"\ncommentaire: str = ""\npropre_au_carnet: int = 3\n',
    )
    parameters = Parameters(commune="59299", convention="B", commentaires={"mobilite": "Un mot."})
    assert parameters.arguments_of(mobility) == {
        "commune": "59299",
        "convention": "B",
        "commentaire": "Un mot.",
    }
    assert parameters.arguments_of(theme("5_autre", "commune = ''")) == {"commune": "59299"}


def test_a_notebook_that_takes_no_commune_is_refused(theme):
    with pytest.raises(ParameterError, match=r"5_fixe\.ipynb ne déclare pas le paramètre commune"):
        Parameters(commune="59299").arguments_of(theme("5_fixe", "convention = 'A'"))


def test_a_notebook_that_cannot_be_read_is_named(theme):
    path = theme("5_casse", "")
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"Carnet illisible : .*5_casse\.ipynb"):
        Parameters(commune="59299").arguments_of(path)
