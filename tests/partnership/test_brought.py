"""What the commune brings, beside the figures of the agency: the whole example, in a store made for it."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
import small_store
import val_park as val
from bs4 import BeautifulSoup

from helpers import figures, materials, paths, store, wording
from helpers.diagnostic import Diagnostic
from helpers.errors import ParameterError
from helpers.exhibit import MIME, tabulate
from helpers.partnership import park_import
from helpers.partnership.convention import Convention
from helpers.publication.documents import table_map
from helpers.publication.incremental import keys

HEM = "59299"
# Homes started from 2017 to 2022: 372, 118 of them in 2018.
STARTS = {2016: 20, 2017: 24, 2018: 130, 2019: 80, 2020: 30, 2021: 66, 2022: 42}
# Children of 3 to 10: 985, then 884.
AGES = {2017: [124, 123, 123, 123, 123, 123, 123, 123], 2023: [111, 111, 111, 111, 110, 110, 110, 110]}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A store of one commune with the figures of the example."""
    folder = tmp_path_factory.mktemp("magasin")
    of = ("commune", HEM)
    people = {(*of, 2017, "POP"): 9310, (*of, 2023, "POP"): 9400}
    single = {
        (*of, year, "POP", sex, age): (counts[age - 3] if 3 <= age <= 10 else 60) / 2
        for year, counts in AGES.items()
        for age in range(101)
        for sex in "FH"
    }
    flows = {(*of, year + 1, "LOGCOM", year): homes for year, homes in STARTS.items()}
    flows |= {(*of, 2023, "NAIS", 2017): 612, (*of, 2023, "DECE", 2017): 468}
    tables = {
        "population": small_store.rows("population", people),
        "single_ages": small_store.rows("single_ages", single),
        "flows": small_store.rows("flows", flows),
        "dwellings": small_store.rows("dwellings", {(*of, 2017, "RP"): 3640, (*of, 2023, "RP"): 3900}),
    }
    return small_store.write(folder / "store", codes=[HEM], year=2024, tables=tables, pages=["rp_2012"])


@pytest.fixture
def bring(world, tmp_path, monkeypatch):
    """Bring a workbook to the commune of the store under a convention: gives its diagnostic."""
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    monkeypatch.setenv("HELPERS_STORE", str(world))

    def _bring(rows=None, *, rule="selon_ligne", change=lambda book: None):
        slug = store.read_reference("territories", folder=world)["slug"].iloc[0]
        partnership = tmp_path / slug
        if rows is not None:
            partnership.mkdir(exist_ok=True)
            (partnership / "convention.yml").write_text(
                f"diffusion:\n  materiaux: {rule}\n", encoding="utf-8"
            )
            book = val.write(tmp_path / "retour.xlsx", rows, code=HEM, name="Hem", change=change)
            park_import.bring(book, code=HEM, label="Hem (59)", partnership=partnership,
                              convention=Convention(), today=date(2026, 11, 27))  # fmt: skip
        return Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017, comparaison=["france"])

    return _bring


def show_operations(d):
    return d.show_brought(
        figures.operations_timeline(d.operations, label="Logements"),
        wording.operations,
        **d.operations_dated,
        subject="Opérations connues de la commune",
        code="M-01",
    )


def show_rolls(d):
    drawn = figures.lines(d.rolls, y="value", by="label", label="Enfants")
    left_out = d.schools_left_out
    return d.show_brought(drawn, wording.rolls, left_out=left_out, subject="Écoles", code="M-02")


def show_childcare(d):
    return d.show_brought(tabulate(d.childcare), wording.childcare, subject="Petite enfance", code="M-03")


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def html_of(shown):
    return BeautifulSoup(shown._repr_mimebundle_()["text/html"], "html.parser")


def test_operations_are_reported_beside_all_the_homes_started(bring):
    shown = show_operations(bring(val.WHOLE))
    assert plain(shown.title) == (
        "228 des 372 logements commencés de 2017 à 2022 se rattachent à trois opérations connues"
    )
    assert plain(shown.reading) == (
        "228 des 372 logements commencés (61 %) se rattachent à trois opérations ; 46 n’étaient pas livrés au "
        "recensement de 2023."
    )
    assert shown.data["known"].sum() == 228 + 85
    assert set(shown.data["origin"]) == {"commune"}
    by_size = shown.data[shown.data["year"] == 2018].set_index("label")["known"].to_dict()
    assert by_size == {"T1-T2": 62, "T3": 44, "T4 et plus": 12}
    assert shown.data.loc[shown.data["year"] == 2018, "starts"].unique() == [130]
    assert "classeur « Parc et projets » reçu le 27 novembre 2026, feuille « Opérations »" in plain(
        shown.source
    )


def test_rolls_are_set_beside_the_census_of_the_first_of_january_that_follows(bring):
    shown = show_rolls(bring(val.WHOLE))
    assert plain(shown.title) == "841 élèves à la rentrée 2026, 31 de moins qu’en 2021"
    assert plain(shown.reading) == (
        "884 enfants de 3 à 10 ans au 1er janvier 2023, 861 élèves à la rentrée 2022 : 23 de moins, scolarisés "
        "ailleurs, solde."
    )
    assert "erreur" not in html_of(shown).get_text()


def test_places_of_childcare_and_the_waiting_list_are_dated(bring):
    shown = show_childcare(bring(val.WHOLE))
    assert plain(shown.title) == "171 places d’accueil des jeunes enfants en 2026"
    assert plain(shown.reading) == "41 familles en attente au 1er novembre 2026."


def test_facilities_are_listed(bring):
    d = bring(val.WHOLE)
    shown = d.show_brought(
        tabulate(d.facilities), wording.brought_facilities, subject="Équipements", code="M-04"
    )
    assert plain(shown.title) == "1 équipement décrit par la commune, dont 1 saturé"
    assert "126 places" in plain(html_of(shown).get_text())


SALES = {"titre": "Ventes de maisons", "producteur": "Notaires", "date": "10/2026", "unite": "ventes",
         "champ": "maisons", "colonne_annee": "Année", "colonne_valeur": "Ventes", "diffusion": "public"}  # fmt: skip


def bring_sales(bring, **more):
    """Bring a table of the sales of houses."""

    def paste(book):
        for row in (["Année", "Ventes"], [2025, 28.5], [2024, 31]):
            book["Autres tableaux"].append(row)

    return bring({**val.WHOLE, "autres": [{**SALES, **more}]}, change=paste)


def show_tables(d):
    return d.show_brought(tabulate(d.commune_tables), wording.brought_tables, subject="Tableaux", code="M-05")


def test_a_table_of_the_commune_is_shown_with_who_made_it_and_what_it_counts(bring):
    shown = show_tables(bring_sales(bring))
    assert plain(shown.title) == "1 tableau confié par la commune"
    assert plain(shown.reading) == "Ventes de maisons : 28,5 ventes en 2025."
    found = plain(html_of(shown).get_text(" "))
    for words in ("Notaires", "10/2026", "maisons", "28,5", "31"):
        assert words in found
    assert set(shown.data["origin"]) == {"commune"}
    assert "feuille « Autres tableaux »" in plain(shown.source)


def test_a_table_that_names_a_figure_stands_under_it_too(bring):
    d = bring_sales(bring, figure="l 18")
    assert show_tables(d) is not None
    drawn = figures.lines(d.rolls, y="value", by="label", label="Enfants")
    own = html_of(d.show(drawn, wording.rolls, subject="Population", code="L-18")).select_one(".said")
    assert " ".join(plain(own.get_text(" ")).split()) == (
        "Ce que la commune apporte Ventes de maisons (ventes) Année Valeur 2024 31 2025 28,5 "
        "Source : Notaires, données du 10/2026 ; maisons."
    )
    assert not html_of(d.show(drawn, wording.rolls, subject="Autre", code="L-19")).select(".said")


@pytest.mark.parametrize(("more", "rule"), [({"diffusion": "ateliers"}, "selon_ligne"), ({}, "non")])
def test_a_table_that_may_not_be_shown_is_shown_nowhere(bring, more, rule):
    def paste(book):
        book["Autres tableaux"].append(["Année", "Ventes"])
        book["Autres tableaux"].append([2024, 31])

    d = bring({"autres": [{**SALES, "figure": "L-18", **more}]}, rule=rule, change=paste)
    assert show_tables(d) is None
    assert d._brought("L-18") == ""


def test_what_has_a_square_is_marked_on_the_table_map_for_whom_may_see_it(bring):
    d = bring(val.WHOLE)
    marks = table_map.list_marks(d.materials)
    assert [mark.square for mark in marks] == ["D2", "E2", "B5", "D3", "C3"]
    room = table_map.list_marks(materials.load(d.commune.slug, commune="Hem", audience=materials.ROOM))
    assert [mark.name for mark in room if mark not in marks] == ["OP-05 Friche Delattre"]
    drawn = table_map.draw({HEM: shapely.box(3, 50, 3.1, 50.1)}, names={HEM: "Hem"}, code=HEM, marks=room)
    assert all(name in drawn for name in ("OP-05 Friche Delattre", "EHPAD Les Glycines"))
    many = [table_map.Mark("A1", f"École <{rank}>", False) for rank in range(9)]
    drawn = table_map.draw({HEM: shapely.box(3, 50, 3.1, 50.1)}, names={HEM: "Hem"}, code=HEM, marks=many)
    assert "École &lt;0&gt;" in drawn
    assert "et 3 de plus" in drawn


def test_without_a_partnership_nothing_is_shown_nor_cited(bring):
    d = bring()
    assert [show_operations(d), show_rolls(d), show_childcare(d)] == [None, None, None]
    assert d.brought_to("familles") == ()
    assert not d._every_source["id"].str.startswith(materials.SOURCE).any()
    assert "Ce que cette page ne montre pas" not in d.method()._repr_mimebundle_()["text/html"]


def test_what_the_commune_brings_is_reported_in_the_problems_that_it_speaks_to(bring):
    d = bring(val.WHOLE)
    assert plain(d.brought_to("desserrement")[0]).startswith("228 des 372 logements commencés (61 %)")
    assert [plain(text)[:10] for text in d.brought_to("familles")] == ["884 enfant", "171 places"]
    assert d.brought_to("energie") == ()


@pytest.mark.parametrize(
    ("rule", "shown"), [("public", ["OP-01", "OP-03"]), ("selon_ligne", ["OP-01"]), ("non", [])]
)
def test_a_row_is_shown_as_it_and_the_convention_allow(bring, rule, shown):
    one, two, three = val.OPERATIONS[:3]
    rows = [one, {**two, "diffusion": "ateliers"}, {**three, "diffusion": None}]
    d = bring({"operations": rows}, rule=rule)
    found = {name.split()[0] for name in d.operations["operation"]} if len(d.operations) else set()
    assert sorted(found) == shown


def test_rows_for_the_agency_serve_sums_from_two_on_and_are_never_named(bring):
    one, two, three = val.OPERATIONS[:3]
    hidden = [{**two, "diffusion": "agence seule"}, {**three, "diffusion": "agence seule"}]
    shown = show_operations(bring({"operations": [one, *hidden]}))
    assert "228 des 372" in plain(shown.title)
    assert "trois opérations" in shown.title
    text = str(shown._repr_mimebundle_())
    assert "Halage" not in text
    assert "Clos" not in text
    alone = show_operations(bring({"operations": [one, hidden[0]]}))
    assert "118 des 372" in plain(alone.title)


def test_what_is_for_the_room_is_shown_in_the_room(bring):
    d = bring({"operations": [{**val.OPERATIONS[0], "diffusion": "ateliers"}]})
    assert d.operations.empty
    room = materials.load(d.commune.slug, commune="Hem", audience=materials.ROOM)
    assert list(room.shown("operations")["code"]) == ["OP-01"]


def test_without_a_convention_nothing_is_shown(bring):
    d = bring(val.WHOLE)
    (paths.PARAMS / d.commune.slug / "convention.yml").unlink()
    assert materials.load(d.commune.slug, commune="Hem").shown("ecoles").empty


def test_operations_that_are_more_than_the_homes_started_are_to_be_verified_together(bring):
    shown = show_operations(bring({"operations": [{**val.OPERATIONS[0], "logements": 400, "t1_t2": 344}]}))
    assert "plus que les logements déclarés commencés" in plain(shown.title)
    assert "400 logements, pour 372 logements commencés selon les déclarations" in plain(shown.reading)


def test_demolitions_abandoned_operations_and_undated_ones_are_not_homes_started(bring):
    one = val.OPERATIONS[0]
    rows = [one, {**one, "nom": "Tisserands", "nature": "démolition"}, {**one, "nom": "B", "etat": "abandonnée"},
            {**one, "nom": "C", "an_chantier": None}]  # fmt: skip
    assert bring({"operations": rows}).operations["known"].sum() == 118


def test_homes_whose_size_is_not_reported_are_reported_so(bring):
    row = {**val.OPERATIONS[0], "t4_plus": None}
    d = bring({"operations": [row]})
    assert d.operations.set_index("label")["known"].to_dict() == {
        "T1-T2": 62,
        "T3": 44,
        "Taille non dite": 12,
    }


def test_a_year_that_lacks_the_roll_of_a_school_is_not_summed(bring):
    d = bring({"ecoles": val.SCHOOLS[1:]})
    pupils = d.rolls[d.rolls["label"] == "Élèves inscrits à la rentrée"]
    assert list(pupils["year"]) == [2022, 2023, 2024, 2025, 2026]


def test_rolls_say_how_many_schools_are_not_in_them(bring):
    first = val.SCHOOLS[0]["ecole"]
    rows = [{**row, "diffusion": "ateliers"} if row["ecole"] == first else row for row in val.SCHOOLS]
    d = bring({"ecoles": rows})
    whole = sum(row["eleves"] for row in rows if row["rentree"] == 2026 and row["ecole"] != first)
    assert plain(show_rolls(d).title).startswith(f"{whole} élèves (sans une école) à la rentrée 2026")
    assert "élèves (sans une école)" in plain(show_rolls(d).reading)


def test_hostile_words_of_a_workbook_are_escaped(bring):
    shown = show_operations(bring({"operations": [{**val.OPERATIONS[0], "nom": "<script>x</script>"}]}))
    assert "<script>" not in shown._repr_mimebundle_()["text/html"]


def test_a_damaged_record_is_reported_with_its_file(bring):
    d = bring(val.WHOLE)
    path = paths.PARAMS / d.commune.slug / paths.PROVENANCE
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"provenance.json est abîmé"):
        materials.load(d.commune.slug, commune="Hem")


def test_the_record_of_the_materials_changes_with_any_of_them(bring):
    d = bring(val.WHOLE)
    before = keys.path_of(keys.partnership_keys(d.commune.slug)[1]).read_bytes()
    assert keys.path_of(keys.partnership_keys(d.commune.slug)[0]).is_file()
    bring({**val.WHOLE, "ecoles": val.SCHOOLS[:-1]})
    assert keys.path_of(keys.partnership_keys(d.commune.slug)[1]).read_bytes() != before


def test_the_sentence_of_a_card_is_on_its_page_and_absent_without_materials(bring):
    from helpers.debate import _card, _record
    from helpers.wording.issues import CardWords

    texts = dict.fromkeys(CardWords.__dataclass_fields__, "x") | {"levers": (), "cautions": (), "facts": ()}
    card = CardWords(**{**texts, "strength": 1.0, "sources": (), "brought": ()})
    assert "Ce que la commune apporte" not in _card(card)
    assert "brought" not in _record(card)
    found = CardWords(**{**texts, "strength": 1.0, "sources": (), "brought": ("228 logements.", "Deux <b>.")})
    assert "Ce que la commune apporte" in _card(found)
    assert "228 logements. Deux &lt;b&gt;." in _card(found)


def test_the_record_of_an_exhibit_says_that_the_commune_is_its_source(bring):
    record = show_childcare(bring(val.WHOLE))._repr_mimebundle_()[MIME]
    assert record["sources"] == ["commune_petite_enfance"]


def test_a_waiting_list_of_a_month_is_reported_of_a_month(bring):
    shown = show_childcare(bring({"petite_enfance": [{**val.CHILDCARE[0], "date_attente": "10/2026"}]}))
    assert plain(shown.reading) == "41 familles en attente en octobre 2026."
    assert "10/2026" in html_of(shown).get_text()
