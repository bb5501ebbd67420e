"""The d that a notebook holds: its tables, and how it shows what it is given."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import get_args

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import figures, store
from helpers.diagnostic import Diagnostic, find_dates, survey
from helpers.errors import (
    ExhibitError,
    MergedCommuneError,
    MissingDataError,
    NoDiagnosticError,
    ParameterError,
    StoreError,
    UnknownCommuneError,
)
from helpers.exhibit import Absence, Exhibit, tabulate
from helpers.parameters import Parameters
from helpers.wording import Finding


@pytest.fixture(scope="module")
def hem():
    return Diagnostic.open("59299")


@pytest.fixture
def fresh():
    return Diagnostic.open("59299")


def data(**columns):
    known = {
        "territory": ["Hem", "MEL"],
        "value": [3000.0, 4000.0],
        "origin": "insee",
        "sources": "comparateur_2018",
    }
    return pd.DataFrame({**known, **columns})


def page(shown):
    return BeautifulSoup(shown._repr_mimebundle_()["text/html"], "html.parser")


def test_a_table_names_its_territories_the_commune_first(hem):
    people = hem.table("population")
    assert list(people["territory"].cat.categories) == [
        "Hem",
        "MEL",
        "Nord",
        "Hauts-de-France",
        "France hors Mayotte",
    ]
    assert not {"level", "code"} & set(people.columns)
    # P18_POP, https://www.insee.fr/fr/statistiques/2521169.
    assert hem.commune_rows(people).set_index("year").loc[2018, "value"] == 18621


def test_a_table_holds_nothing_but_the_territories_asked_for():
    people = Diagnostic.open("59299", comparaison=["france"]).table("population")
    assert set(people["territory"]) == {"Hem", "France hors Mayotte"}


def test_a_small_commune_has_no_row_of_a_sample_and_the_others_keep_theirs():
    # Fromelles has fewer than 2 000 inhabitants: no pyramid by tenure from the exploitation complémentaire (Insee).
    fromelles = Diagnostic.open("59257", comparaison=["epci"])
    assert not store.read("ages_tenure", folder=fromelles.folder, areas=[("commune", "59257")]).empty
    assert set(fromelles.table("ages_tenure")["territory"]) == {"MEL"}
    assert set(fromelles.table("population")["territory"]) == {"Fromelles", "MEL"}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (
            "97411",
            [
                "Saint-Denis",
                "CA Intercommunale du Nord de la Réunion",
                "La Réunion",
                "France hors Mayotte",
            ],
        ),
        ("25204", ["Doubs", "CC du Grand Pontarlier", "Doubs (département)", "Bourgogne-Franche-Comté"]),
    ],
)
def test_territories_of_the_same_name_are_reported_apart(code, names):
    d = Diagnostic.open(code)
    assert list(d.table("population")["territory"].cat.categories)[:4] == names
    assert set(d.commune_rows(d.table("population"))["territory"]) == {names[0]}


def test_every_territory_has_its_area(hem):
    areas = hem.areas.set_index("territory")["area"]
    assert list(areas.index) == hem.names
    assert areas["Hem"] == pytest.approx(9.65)
    # POP T1 of https://insee.fr/en/statistiques/7633152?geo=REG-32: 188,6 inhabitants by km² in 2020, 5 997 734 people.
    assert areas["Hauts-de-France"] == pytest.approx(5_997_734 / 188.6, rel=1e-3)
    assert areas.is_monotonic_increasing


def test_an_area_that_lacks_more_than_one_commune_in_a_hundred_is_missing():
    # Les Hauts-Talican has none.
    areas = Diagnostic.open("60010").areas.set_index("territory")["area"]
    assert areas.isna().to_dict()["CC des Sablons"]
    assert areas.notna().sum() == 4


def test_where_history_begins_is_looked_for_once_for_the_same_areas(fresh):
    known = fresh.table("population")
    areas = [territory.area for territory in fresh.territories]
    assert fresh._anchors(areas) is fresh._anchors(areas)
    assert fresh.table("population").equals(known)


def test_neighbours_are_every_commune_of_the_epci(hem):
    people = hem.around_table("population")
    assert people["territory"].nunique() == 95
    named = hem.name_communes(people[people["year"] == 2018].rename(columns={"source": "sources"}))
    assert len(named) == 95
    assert named.set_index("code").loc["59350", "territory"] == "Lille"
    assert named["value"].sum() == 1_174_273


def test_a_neighbour_without_a_figure_is_kept_and_missing(hem):
    named = hem.name_communes(
        pd.DataFrame({"territory": ["59299"], "value": [1.0], "origin": ["insee"], "sources": ["a"]})
    )
    assert len(named) == 95
    assert named["value"].notna().sum() == 1
    assert set(named["origin"]) == {"insee"}
    assert set(named["sources"]) == {"a", ""}


def test_maps_show_the_departement_of_a_commune_without_an_epci():
    island = Diagnostic.open("29155")
    assert list(island.members["code"]) == ["29155"]
    assert island.epci_name == island.around_epci == ""
    assert {code[:2] for code in island.around["code"]} == {"29"}
    assert len(island.around) > 200
    assert island.outlines.empty


def test_maps_show_the_communes_of_the_epci(hem):
    assert hem.around.equals(hem.members)
    assert hem.around_epci == "MEL"


@pytest.mark.parametrize(
    ("code", "words"), [("59299", "de la MEL"), ("29155", ""), ("75056", "de la Métropole du Grand Paris")]
)
def test_the_others_of_its_epci_are_named_and_leave_the_commune_out(code, words):
    d = Diagnostic.open(code)
    assert d.siblings.words == words
    assert code not in d.siblings.codes
    assert len(d.siblings.codes) == (len(d.members) - 1 if words else 0)


def test_the_panel_gives_its_tables_with_the_commune(hem):
    tables = hem.tables_for(hem.panel, names=("population", "dwellings"))
    assert set(tables) == {"population", "dwellings"}
    assert set(tables["dwellings"]["territory"]) == {"59299", *hem.panel.codes}


def test_the_panel_is_reported_with_its_rule_and_its_communes(hem):
    text = page(hem.describe_panel()).get_text()
    assert "de la même région" in text
    assert "Faches-Thumesnil (59), Ronchin (59), Avion (62)" in text
    assert len(page(Diagnostic.open("75056").describe_panel()).find_all("p")) == 1


def test_a_split_commune_keeps_to_one_perimeter():
    d = Diagnostic.open("85084")
    assert set(d.commune_rows(d.table("population"))["year"]) == set(range(2013, 2022))
    around = d.around_table("population")
    assert set(around.loc[around["territory"] == "85084", "year"]) == set(range(2013, 2022))
    # What it is compared with has not moved.
    assert 2022 in set(d.table("population")["year"])


def test_what_is_shown_bears_a_title_a_reading_sources_and_a_name(hem):
    shown = hem.show(
        tabulate(data()), Finding("Titre", "lu."), subject="Parc d’essai", scope="tout.", note="attention."
    )
    assert isinstance(shown, Exhibit)
    assert (shown.name, shown.title, shown.reading) == ("parc-d-essai", "Titre", "lu.")
    assert shown.source.startswith(
        "Insee, RP2013 et RP2018, exploitations principales ; état civil, géographie au 01/01/"
    )
    assert shown.source.endswith(".")


def test_without_a_finding_the_subject_is_the_title(hem):
    assert hem.show(tabulate(data()), subject="Parc").title == "Parc"
    assert hem.show(tabulate(data()), Finding(), subject="Parc").title == "Parc"


SVG = '<svg role="img" aria-label="Barres."></svg>'


@pytest.mark.parametrize(
    ("exhibit", "finding", "lacking"),
    [
        (Exhibit(data(), alt="Barres.", drawing=SVG), None, "lecture"),
        (Exhibit(data(), alt="", drawing=SVG), Finding("Titre", "lu."), "texte de remplacement"),
        (Exhibit(data(), alt="Barres.", drawing="<svg></svg>"), Finding("Titre", "lu."), "texte de remplacement"),
        (Exhibit(data(sources=["", ""]), alt="Barres.", drawing=SVG), Finding("Titre", "lu."), "source"),
        (Exhibit(data(sources=["inconnue"] * 2), alt="Barres.", drawing=SVG), Finding("Titre", "lu."), "source"),
        (tabulate(data().drop(columns="sources")), Finding("Titre", "lu."), "source"),
        (Exhibit(data(), alt="", drawing=SVG), None, "lecture et texte de remplacement"),
    ],
    ids=["reading", "description", "description in the drawing", "source", "known source", "source of a table", "two"],
)  # fmt: skip
def test_what_lacks_something_that_its_reader_needs_is_refused(hem, exhibit, finding, lacking):
    with pytest.raises(ExhibitError) as caught:
        hem.show(exhibit, finding, subject="Parc")
    assert caught.value.message == f"Il manque à la figure « Parc » : {lacking}."
    assert "d.show" in caught.value.remedy


def test_a_title_is_needed_too(hem):
    with pytest.raises(ExhibitError, match="titre"):
        hem.show(tabulate(data()), subject=" ")


def test_a_drawing_of_which_the_commentary_says_nothing_says_so(hem):
    shown = hem.show(Exhibit(data(), alt="Barres.", drawing=SVG), Finding(), subject="Parc")
    assert "trop peu sûrs" in page(shown).select_one(".reading").get_text()
    assert hem.show(tabulate(data()), Finding(), subject="Parc").reading == ""


@pytest.mark.parametrize(
    "frame",
    [data().iloc[:0], pd.DataFrame(), data(territory=["MEL", "Nord"])],
    ids=["no row", "nothing", "others only"],
)
def test_without_data_for_the_commune_a_sentence_says_so_and_nothing_is_drawn(hem, frame):
    shown = hem.show(Exhibit(data=frame, alt="", drawing="<svg></svg>"), Finding("Titre"), subject="Parc <b>")
    assert shown == Absence("Parc <b>")
    assert page(shown).get_text() == "Chiffres non disponibles\u00a0: parc <b>."
    assert not page(shown).find(["svg", "table"])


def test_cautions_are_those_of_the_data_of_the_commune(hem):
    assert hem.show(tabulate(data()), subject="x").warnings == ()
    assert len(hem.show(tabulate(data(value=[300.0, 4000.0])), subject="x").warnings) == 1


def test_without_a_significant_figure_the_counts_of_the_commune_stand_alone(hem):
    few = data(value=[12.0, 4000.0], share=[3.0, 4.0])
    shown = hem.show(Exhibit(few, alt="a", drawing="<svg></svg>"), Finding("3 %", "lu."), subject="Parc")
    assert (shown.title, shown.reading, shown.drawing, shown.alt) == ("Parc", "", "", "")
    assert shown.data["value"].tolist() == [12.0]
    assert [td.get_text() for td in page(shown).select("td")] == ["12\u00a0**"]
    assert not shown.folded
    many = pd.concat([few.iloc[:1]] * 13, ignore_index=True)
    assert hem.show(tabulate(many), subject="Parc").folded


def test_bars_of_nothing_are_not_drawn(hem):
    # Of a register, which rests on no survey: a nil count of one is sound.
    none = data(value=[0.0, 4000.0], count=[float("nan")] * 2)
    shown = hem.show(
        Exhibit(none, alt="a", drawing='<svg aria-label="a"></svg>'), Finding("Aucun", "lu."), subject="Parc"
    )
    assert (shown.title, shown.reading, shown.drawing, shown.alt) == ("Aucun", "lu.", "", "")
    assert shown.folded
    assert shown.data["value"].tolist() == [0.0, 4000.0]
    some = data(value=[5000.0, 0.0])
    drawn = Exhibit(some, alt="a", drawing='<svg aria-label="a"></svg>')
    assert hem.show(drawn, Finding("Un", "lu."), subject="Parc").drawing


@pytest.mark.parametrize(
    "columns",
    [
        {"age": [0, 5], "year": [2018, 2018], "value": [80.0, 80.0]},
        {"rate": [3.0, 4.0], "count": [12.0, 12.0]},
        {"@Hem": ["n.s.", "n.s."], "@MEL": ["3", "4"]},
        {"written": ["3", "4"], "verdict": ["n.s.", "n.s."]},
    ],
    ids=["a pyramid", "rates alone", "written side by side", "with their verdicts"],
)
def test_what_would_show_no_significant_figure_is_not_shown(hem, columns):
    few = pd.DataFrame({**columns, "origin": "insee", "sources": "rpls_2024"})
    shown = hem.show(Exhibit(few, alt="a", drawing="<svg></svg>"), subject="Parc")
    assert isinstance(shown, Absence)
    assert "200" in shown.reason
    assert hem.show(tabulate(few), subject="Parc", missing="autre.") == Absence("Parc", "autre.")


def test_the_agency_signs_the_sources():
    assert (
        Diagnostic.open("59299", agence="Agence")
        .source_line(["comparateur_2018"])
        .endswith("Traitements : Agence.")
    )


def test_every_source_of_the_store_has_a_line(hem):
    used = {
        name
        for table in (
            "population",
            "flows",
            "dwellings",
            "households",
            "age_groups",
            "income",
            "social_housing",
            "ages",
        )
        for name in hem.table(table)["source"]
    }
    for name in used:
        assert len(hem.source_line([name])) > 40, name


def test_takeaways_are_the_first_five_sentences_that_have_real_figures_to_stand_on(hem):
    shown = hem.takeaways(
        Finding(takeaway="Un."), Finding("titre"), Finding(takeaway="Deux.", demonstration=True)
    )
    assert shown.sentences == ("Un.",)
    result = [Finding(takeaway=f"{rank}.", demonstration=rank == 1) for rank in range(7)]
    shown = hem.takeaways(Finding(), *result)
    assert shown.sentences == ("0.", "2.", "3.", "4.", "5.")
    assert not shown.demonstration


def test_where_all_is_simulated_nothing_is_to_retain_and_the_box_says_why(hem):
    shown = hem.takeaways(Finding(), Finding(takeaway="Un.", demonstration=True), missing="trop petit.")
    (sentence,) = shown.sentences
    assert "données de démonstration" in sentence
    assert not shown.demonstration


def test_without_any_sentence_the_box_says_so(hem):
    (sentence,) = hem.takeaways(Finding(), Finding()).sentences
    assert "Hem ne permettent pas de résumé" in sentence
    assert hem.takeaways(missing="trop petit.").sentences == ("Trop petit.",)


def commented(diagnostic, text):
    return replace(diagnostic, parameters=diagnostic.parameters.model_copy(update={"commentaire": text}))


@given(text=st.text())
@settings(max_examples=60)
def test_any_comment_is_shown_as_plain_text(hem, text):
    shown = page(commented(hem, text).comment())
    assert not shown.find(["script", "img", "a", "b"])
    assert len(shown.find_all("p")) == len([line for line in text.splitlines() if line.strip()])


@pytest.mark.parametrize("text", ["", "  \n\t\n"])
def test_no_comment_leaves_nothing_on_the_page(hem, text):
    assert commented(hem, text).comment()._repr_mimebundle_()["text/html"] == ""


def test_questions_are_set_apart_from_facts(hem):
    shown = page(hem.questions("Qui ?", "Quoi ?"))
    assert shown.section["class"] == ["questions"]
    assert [li.get_text() for li in shown.find_all("li")] == ["Qui\u202f?", "Quoi\u202f?"]


def test_a_hostile_card_is_shown_as_text(hem, monkeypatch):
    card = replace(hem.cards[0], title="<script>x</script>", question="<b>?", tension="<i>", label="<u>")
    monkeypatch.setitem(vars(hem), "cards", [card])
    shown = page(hem.debate())
    assert not shown.find(["script", "b", "i", "u"])
    assert [item.get_text() for item in shown.select(".choices li")] == [
        "à retenir",
        "à approfondir",
        "à écarter",
    ]


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("59299", []),
        # It absorbed two communes, in 1977 and 2000: before its figures, simulated history left out.
        ("59350", []),
        ("08053", ["1er janvier 2017", "1er janvier 2024"]),
    ],
)
def test_the_method_tells_the_mergers_within_the_span_of_the_figures(code, result):
    sentences = [line for line in Diagnostic.open(code).method().sentences if "réunit depuis" in line]
    assert len(sentences) == len(result)
    assert all(day in sentence for day, sentence in zip(result, sentences, strict=True))


def test_the_method_tells_once_what_would_bring_the_figures_that_are_missing(fresh):
    assert not page(fresh.method()).find("code")
    for subject in ("Parc", "Âges"):
        fresh.show(tabulate(data().iloc[:0]), subject=subject)
    fresh.show(tabulate(data().iloc[:0]), subject="Pyramide", missing="trop peu.")
    assert [code.get_text() for code in page(fresh.method()).select("code")] == ["make data commune=hem"]
    fetched = replace(fresh, fetched=fresh.folder)
    assert "commune=" not in page(fetched.method()).find("code").get_text()


def test_the_method_tells_the_threshold_of_the_surveys():
    assert any("seuil de 10\u202f000" in line for line in Diagnostic.open("59011").method().sentences)
    assert not any("seuil" in line for line in Diagnostic.open("59299").method().sentences)


def test_a_simulated_series_that_no_published_figure_anchors_is_no_history():
    # Villeneuve-d'Ascq was a few villages in 1968; Hem's homes are published since then.
    new_town, hem = (Diagnostic.open(code) for code in ("59009", "59299"))
    for name in ("population", "dwellings", "households", "flows"):
        years = new_town.commune_rows(new_town.table(name))["year"]
        assert len(years)
        assert years.min() >= 2008, name
    assert hem.commune_rows(hem.table("population"))["year"].min() == 1968
    # Saint-André's are published since 1999: what is simulated before is left out.
    saint_andre = Diagnostic.open("59527")
    assert saint_andre.commune_rows(saint_andre.table("population"))["year"].min() == 1999


def test_sources_are_reported_in_the_list_of_communes_of_the_store(hem):
    assert "géographie au 01/01/2026" in hem.source_line(["rpls_2024"])
    later = replace(hem, commune=replace(hem.commune, geography=2028))
    assert "géographie au 01/01/2028" in later.source_line(["rpls_2024"])


def test_the_method_lists_the_sources_used_and_only_those(fresh):
    assert not page(fresh.method()).find("a")
    fresh.show(tabulate(data()), subject="x")
    fresh.show(tabulate(data(sources="rpls_2024")), subject="y")
    fresh.show(tabulate(data(territory=["MEL", "Nord"], sources="filosofi_2019")), subject="not shown")
    text = page(fresh.method()).get_text()
    assert "RP2013 et RP2018" in text
    assert "RPLS" in text
    assert "Filosofi" not in text
    assert all(a["href"].startswith("https://") for a in page(fresh.method()).find_all("a"))


@pytest.mark.parametrize(
    ("arguments", "kind", "clue"),
    [
        ({"commune": "Nulle-part"}, UnknownCommuneError, "Nulle-part"),
        ({"commune": "Lomme"}, MergedCommuneError, "59350"),
        ({"commune": "97611"}, NoDiagnosticError, "Mayotte"),
        ({"commune": "55039"}, NoDiagnosticError, "pas d'habitant"),
        ({"commune": "39198", "millesime_ancien": 2008}, MissingDataError, "2008"),
        ({"commune": "59299", "comparaison": ["canton"]}, ParameterError, "'canton'"),
        ({"commune": "59299", "niveau_pyramide": "ages"}, ParameterError, "niveau_pyramide vaut 'ages'"),
        ({"commune": "59299", "convention": "C"}, ParameterError, "convention vaut 'C'"),
        ({"commune": "59299", "millesime_ancien": 2017, "millesime": 2018}, ParameterError, "2017 et 2018"),
        ({"commune": "59299", "pyramides": 2008}, ParameterError, "pyramides vaut 2008 : attendu une liste"),
        ({"commune": "59299", "milesime": 2018}, ParameterError, "vouliez-vous dire 'millesime'"),
        ({}, ParameterError, "Aucune commune"),
        ({"commune": "59299", "decalage": 3}, ParameterError, "decalage vaut 3"),
    ],
)
def test_a_diagnostic_that_cannot_be_opened_says_why_and_what_to_do(arguments, kind, clue):
    with pytest.raises(kind) as caught:
        Diagnostic.open(**arguments)
    assert clue in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("parameter", ["niveau_pyramide", "convention"])
def test_a_diagnostic_opens_with_each_value_that_the_parameters_may_take(parameter):
    for value in get_args(Parameters.model_fields[parameter].annotation):
        d = Diagnostic.open("59299", **{parameter: value})
        assert value in (d.pyramid_level, d.convention)


def test_a_vintage_that_is_missing_is_reported_with_those_at_hand():
    with pytest.raises(MissingDataError) as caught:
        Diagnostic.open("39198", millesime_ancien=2008)
    assert "2013" in caught.value.remedy
    assert "2018" in caught.value.remedy


def test_the_store_is_read_and_never_written(hem):
    before = store.hashes(hem.folder)
    people = hem.table("population")
    people["value"] = 0.0
    assert hem.table("population")["value"].any()
    assert store.hashes(hem.folder) == before


def test_a_table_that_an_older_store_lacks_is_empty_and_one_that_does_not_exist_is_refused(hem, tmp_path):
    older = tmp_path / "older"
    shutil.copytree(hem.folder, older)
    index = json.loads((older / "tables.json").read_text(encoding="utf-8"))
    index.pop("vacancy")
    (older / "tables.json").write_text(json.dumps(index), encoding="utf-8")
    d = replace(hem, folder=older)
    assert d.table("vacancy").empty
    assert list(d.table("vacancy").columns) == list(hem.table("vacancy").columns)
    with pytest.raises(StoreError, match="vacances"):
        d.table("vacances")


def test_what_is_stated_is_text_and_what_is_empty_is_not_stated(hem):
    result = hem.note("Niveau : « <individus> ».", "")
    assert result.to_html().count("<p>") == 1
    assert "&lt;individus&gt;" in result.to_html()
    assert hem.note("").to_html() == ""


def test_dates_left_open_are_the_latest_that_the_store_knows(fresh):
    found = find_dates(survey(fresh.commune))
    assert (fresh.since, fresh.until, fresh.pyramids) == (found.since, found.until, found.pyramids)
    earlier = Diagnostic.open("59299", millesime=2013)
    assert (earlier.until, earlier.since <= 2008) == (2013, True)


def test_pyramids_left_open_are_looked_for_only_when_they_are_drawn():
    opened = Diagnostic.open("59011", millesime=2018, millesime_ancien=2013)
    assert "ages" not in opened.method().tables
    assert opened.pyramids == [2008, 2018]
    assert "ages" in opened.method().tables


def say(frame, commune, *, lag=0):
    return Finding(f"{commune.name} {len(frame)} {lag}", "lu.", takeaway=f"{len(frame)} lignes.")


def test_a_sentence_is_given_the_data_shown_the_commune_and_what_else_it_asks_for(hem):
    assert hem.show(tabulate(data()), say, subject="Parc").title == "Hem 2 0"
    shown = hem.show(tabulate(data()), say, lag=2, about=data().iloc[:1], subject="Parc")
    assert (shown.title, len(shown.data)) == ("Hem 1 2", 2)
    assert hem.describe(say, data(), lag=1) == say(data(), hem.commune, lag=1)


def test_a_sentence_is_not_asked_about_nothing(hem):
    assert isinstance(hem.show(Exhibit(data=pd.DataFrame(), alt=""), say, subject="Vide"), Absence)
    assert hem.takeaways("Vide", missing="rien.").sentences == ("Rien.",)


def test_what_is_to_retain_is_named_by_what_was_shown(fresh):
    fresh.show(tabulate(data()), say, subject="Parc d’essai")
    # Left out for want of significant figures, it says what its data say.
    fresh.show(tabulate(data().iloc[1:]), say, subject="Autre")
    assert fresh.takeaways("Autre", "Parc d’essai").sentences == ("1 lignes.", "2 lignes.")
    with pytest.raises(ExhibitError, match="Vouliez-vous dire « Parc d’essai »"):
        fresh.takeaways("Parc d’essais")


def test_a_map_of_what_no_commune_knows_is_reported_to_be_absent(hem):
    shown = hem.show(
        figures.choropleth(
            hem.name_communes(pd.DataFrame()),
            value="share",
            unit="%",
            label="x",
            outlines=hem.outlines,
            commune="59299",
        ),
        subject="Carte",
    )
    assert isinstance(shown, Absence)
