"""The capture workbook, and the import of what two scribes typed in it: nothing lost, nothing settled by the machine."""

from __future__ import annotations

import io
import json
import shutil
import time
from collections import Counter
from datetime import date

import openpyxl
import pytest
import val_sur_deule as town

from helpers import paths
from helpers.contributions import kept
from helpers.errors import ParameterError
from helpers.partnership import capture_sheets as sheets
from helpers.partnership import capture_workbook, importing

SLUG = town.KIT.slug


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """The two workbooks of workshop 1, filled in once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        # Quicker to read than the two hundred rows that scribes are given.
        patch.setitem(sheets.ROWS, "contributions", 40)
        return town.workshop(tmp_path_factory.mktemp("typed"))


@pytest.fixture
def folder(typed, tmp_path, monkeypatch):
    """The folder of the captures of workshop 1, with the two workbooks in it."""
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kept.write_kit(town.KIT)
    place = kept.capture_folder(SLUG, 1)
    place.mkdir(parents=True)
    for path in typed:
        shutil.copy(path, place)
    return place


def change(folder, letter, do, *, save_as=""):
    """Change a workbook as a person would."""
    path = folder / f"{town.KIT.name}-saisie-{letter}.xlsx"
    book = openpyxl.load_workbook(path)
    do(book)
    book.save(folder / f"{save_as}.xlsx" if save_as else path)


def row(rank):
    """The row of a sheet where the contribution of a rank is."""
    return sheets.FIRST_ROW + rank


def run():
    return importing.run(SLUG, 1)


def found(account):
    return "\n".join(map(str, account.merged.messages)).replace("\u202f", " ").replace("\xa0", " ")


def test_the_workbook_has_its_sheets_its_lists_and_locks_what_is_not_to_be_filled_in():
    book = openpyxl.load_workbook(io.BytesIO(capture_workbook.make(town.KIT, letter="A")))
    assert book.sheetnames == [
        "Lisez-moi",
        "Séance",
        "Contributions",
        "Axes",
        "Gommettes",
        "Carnets",
        "Suites",
        "Codes",
    ]
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book)
    said = book["Contributions"]
    assert said.cell(row(1), town.column(book, "Contributions", "id")).value == "C1-A-01"
    assert said.cell(row(200), 1).value == "C1-A-200"
    for column in sheets.CONTRIBUTIONS.columns:
        assert (
            said.cell(row(1), town.column(book, "Contributions", column.key)).protection.locked
            == column.locked
        )
    title = said.cell(row(1), town.column(book, "Contributions", "titre")).value
    assert "INDEX(Codes!" in title
    assert "MATCH(D4,Codes!" in title
    properties = {one.name: one.value for one in book.custom_doc_props.props}
    assert properties == {"kit": town.KIT.id, "commune": "59999", "atelier": "1", "lettre": "A"}


def test_dots_are_in_the_first_workbook_only_and_later_workshops_have_their_sheets():
    names = {}
    for number, letter in ((1, "B"), (2, "A"), (3, "A")):
        kit = town.KIT.model_copy(update={"number": number})
        made = io.BytesIO(capture_workbook.make(kit, letter=letter))
        names[number, letter] = openpyxl.load_workbook(made, read_only=True).sheetnames
    assert "Gommettes" not in names[1, "B"]
    assert names[2, "A"][-3:] == ["Enjeux", "Matrice", "Codes"]
    assert names[3, "A"][-3:] == ["Leviers", "Décisions", "Codes"]


def test_the_same_kit_gives_the_same_bytes():
    first, second = (capture_workbook.make(town.KIT, letter="A") for _ in range(2))
    assert first == second


def test_workshop_1_gives_28_contributions_of_the_types_and_roles_that_were_said(folder):
    account = run()
    workshop = account.merged.workshop
    assert Counter(one.type for one in workshop.whole) == {
        "confirme": 7, "nuance": 7, "contredit": 3, "ajoute": 8, "question ouverte": 3
    }  # fmt: skip
    assert Counter(one.role for one in workshop.whole) == {"élu": 16, "technicien": 12}
    assert (workshop.elected, workshop.technicians) == (6, 5)
    assert sum(line.total for line in workshop.dots) == 33
    assert workshop.recount == ""
    assert len(workshop.actions) == 2
    assert [axis.table for axis in workshop.axes] == ["A", "A", "B", "B"]
    assert found(account) == ""


def test_a_contribution_keeps_the_code_the_value_shown_and_the_version(folder):
    one = next(one for one in run().merged.workshop.contributions if one.id == "C1-B-08")
    assert (one.code, one.value, one.version) == ("L-10", "262 logements vacants, 64 de plus", "v1")
    assert (one.who, one.due) == ("commune et MEL", date(2027, 2, 5))


def test_a_second_import_changes_nothing(folder):
    first = run()
    content = kept.workshop_file(SLUG, 1).read_bytes()
    second = run()
    assert "0 nouveauté" in second.summary
    # 28 contributions, 4 axes, 2 actions and the lines of dots that were counted.
    assert "39 nouveautés" in first.summary.replace("\xa0", " ")
    assert kept.workshop_file(SLUG, 1).read_bytes() == content


def test_words_are_kept_whole_up_to_what_the_sheet_says_and_show_where_they_are_cut(folder):
    whole, longer = "x" * 99 + " " + "mot " * 74 + "fin.", "Il manque des logements, " * 20 + "et voilà."
    column = sheets.CONTRIBUTIONS.find("texte")
    assert (len(whole), column.longest, column.help.split(" ;")[0]) == (400, 400, "5 à 400 signes")
    book = openpyxl.load_workbook(io.BytesIO(capture_workbook.make(town.KIT, letter="A")))
    rules = book["Contributions"].data_validations.dataValidation
    assert [rule.formula1 for rule in rules if "400 signes" in (rule.error or "")] == ["400"]

    def say(book):
        town.put(book, "Contributions", row(4), "texte", whole)
        town.put(book, "Contributions", row(5), "texte", longer)

    change(folder, "A", say)
    account = run()
    texts = {one.id: one.text for one in account.merged.workshop.contributions}
    assert texts["C1-A-04"] == whole
    assert texts["C1-A-05"] == ("Il manque des logements, " * 16)[:-2].rsplit(" ", 1)[0] + " […]"
    assert "Ce qui a été dit : 509 signes, 400 gardés." in found(account)


def test_a_row_saved_again_in_its_file_takes_the_place_of_the_former(folder):
    run()
    change(
        folder,
        "A",
        lambda book: town.put(book, "Contributions", row(5), "texte", "24 logements démolis en 2020."),
    )
    account = run()
    assert account.merged.changed == ["C1-A-05"]
    assert not account.merged.conflicts
    texts = [one.text for one in account.merged.workshop.contributions if one.id == "C1-A-05"]
    assert texts == ["24 logements démolis en 2020."]


@pytest.mark.parametrize("alone", [False, True], ids=["beside the first", "given alone"])
def test_a_workbook_sent_back_under_another_name_takes_the_place_of_the_first(folder, alone):
    run()
    name = f"{town.KIT.name}-saisie-A (1)"

    def correct(book):
        town.put(book, "Contributions", row(5), "texte", "24 logements démolis en 2020.")
        town.put(book, "Axes", row(1), "phrase", "Une phrase corrigée.")
        town.put(book, "Suites", row(1), "quoi", "Une suite corrigée")

    change(folder, "A", correct, save_as=name)
    account = importing.run(SLUG, 1, [folder / f"{name}.xlsx"] if alone else ())
    workshop = account.merged.workshop
    assert [one.text for one in workshop.contributions if one.id == "C1-A-05"] == [
        "24 logements démolis en 2020."
    ]
    assert not account.merged.conflicts
    assert next(axis.text for axis in workshop.axes if axis.table == "A") == "Une phrase corrigée."
    assert len(workshop.actions) == 2
    assert workshop.recount == ""
    left = [] if alone else [f"{town.KIT.name}-saisie-A.xlsx : même classeur (saisie A) que {name}.xlsx"]
    assert [text.partition(", enregistré après")[0] for text in account.left_out] == left


def test_the_copy_saved_last_is_read_whatever_its_name(folder):
    def save_before(book):
        town.put(book, "Axes", row(1), "phrase", "Une phrase ancienne.")

    change(folder, "A", save_before, save_as="zzz (2)")
    time.sleep(1.1)
    change(folder, "A", lambda book: None)
    account = run()
    assert "Une phrase ancienne." not in [axis.text for axis in account.merged.workshop.axes]
    assert len(account.left_out) == 1


def test_a_workbook_left_empty_never_takes_the_place_of_one_filled_in(folder):
    # It is dated of the day of the workshop, which may be yet to come.
    blank = folder / f"{town.KIT.name}-saisie-A (2).xlsx"
    blank.write_bytes(capture_workbook.make(town.KIT, letter="A"))
    account = run()
    assert len(account.merged.workshop.contributions) == 28
    assert account.left_out[0].endswith(f"resté vide. Effacez {blank.name}.")


def test_a_row_emptied_is_no_deletion(folder):
    run()
    change(folder, "A", lambda book: [town.put(book, "Contributions", row(5), key, None)
                                      for key in ("table", "tour", "code", "type", "texte", "mots", "role", "preuve", "qui_verifie")])  # fmt: skip
    account = run()
    assert "0 nouveauté" in account.summary
    assert len(account.merged.workshop.contributions) == 28


def test_withdrawing_takes_the_words_out_and_keeps_a_count(folder):
    run()
    words = "24 logements démolis rue des Tisserands en 2019."
    assert words in kept.workshop_file(SLUG, 1).read_text(encoding="utf-8")
    change(folder, "A", lambda book: town.put(book, "Contributions", row(5), "texte", "retirer"))
    account = run()
    assert "1 contribution retirée" in account.summary.replace("\xa0", " ")
    assert "Tisserands" not in kept.workshop_file(SLUG, 1).read_text(encoding="utf-8")
    assert "Tisserands" not in account.report.read_text(encoding="utf-8")
    # An older copy that comes back later does not bring it back.
    change(folder, "A", lambda book: town.put(book, "Contributions", row(5), "texte", words))
    assert len(run().merged.workshop.contributions) == 27


def test_an_import_interrupted_as_it_withdraws_leaves_no_minute_that_tells_it(folder, monkeypatch):
    run()
    minute = folder / f"{town.KIT.name}-compte-rendu-projet.pdf"
    minute.write_bytes(b"rue des Tisserands")
    change(folder, "A", lambda book: town.put(book, "Contributions", row(5), "texte", "retirer"))

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(kept, "write_workshop", stop)
        with pytest.raises(KeyboardInterrupt):
            run()
    assert not minute.exists()
    assert run().merged.withdrawn == ["C1-A-05"]


def disagree(folder):
    """Import two files that do not say the same of one row."""

    def say_otherwise(book):
        rank = len(town.B)
        town.type_contribution(book, rank, (*town.A[2][:4], "Il y a une erreur.", *town.A[2][5:]))
        town.put(book, "Contributions", row(rank + 1), "id", "C1-A-03")

    change(folder, "B", say_otherwise)
    return run()


def test_two_files_of_one_row_are_both_kept_until_it_is_settled(folder):
    account = disagree(folder)
    assert len(account.merged.conflicts) == 1
    assert "C1-A-03 n’est pas le même" in found(account)
    both = [one for one in account.merged.workshop.contributions if one.id.startswith("C1-A-03")]
    assert [one.disputed for one in both] == [True, True]
    assert len(account.merged.workshop.whole) == 27
    assert account.to_settle is not None


@pytest.mark.parametrize(
    ("choice", "texts"),
    [
        ("garder A", ["372 logements pour 90 habitants de plus paraît impossible : erreur supposée."]),
        ("garder B", ["Il y a une erreur."]),
        ("les deux", ["372 logements pour 90 habitants de plus paraît impossible : erreur supposée.", "Il y a une erreur."]),
    ],
)  # fmt: skip
def test_what_is_settled_is_read_by_the_next_import(folder, choice, texts):
    account = disagree(folder)
    book = openpyxl.load_workbook(account.to_settle)
    town.put(book, "À trancher", row(1), "choix", choice)
    book.save(account.to_settle)
    settled = run()
    assert [one.text for one in settled.merged.workshop.whole if one.id.startswith("C1-A-03")] == texts
    assert settled.to_settle is None
    # And stays so.
    assert "0 nouveauté" in run().summary


def test_the_same_words_of_one_table_in_two_files_are_shown_once_and_keep_both_ids(folder):
    def say_the_same(book):
        values = (
            "A",
            1,
            "L-12",
            "ajoute",
            "24 logements démolis, rue des Tisserands en 2019",
            0,
            "technicien",
            "",
            "",
            "",
        )
        town.type_contribution(book, len(town.B), values)

    change(folder, "B", say_the_same)
    account = run()
    one = next(one for one in account.merged.workshop.contributions if one.id == "C1-A-05")
    assert one.twins == [f"C1-B-{len(town.B) + 1:02d}"]
    assert account.merged.read == 29
    assert "1 doublon montré une fois" in account.summary.replace("\xa0", " ")
    assert len(account.merged.workshop.contributions) + account.merged.twins == 29
    assert "0 nouveauté" in run().summary


def test_other_types_on_one_code_are_two_opinions_and_no_conflict(folder):
    workshop = run().merged.workshop
    types = {one.type for one in workshop.whole if one.code == "L-12"}
    assert {"contredit", "nuance", "ajoute"} <= types
    assert not any(one.disputed for one in workshop.contributions)


def test_two_counts_of_dots_are_to_be_confirmed_and_never_added(folder):
    def count_again(book):
        town.fill_dots(book, {"Q-1": (2, 4)})
        mark = next(cell for line in book["Séance"].iter_rows() for cell in line if cell.value == "@lettre")
        mark.offset(column=1).value = "C"

    change(folder, "A", count_again, save_as="saisie-C")
    account = run()
    assert "décompte à confirmer" in found(account)
    assert account.merged.workshop.recount
    assert sum(line.total for line in account.merged.workshop.dots) <= 33


@pytest.mark.parametrize(
    ("dots", "message"),
    [
        ({"Q-2": (8, 4)}, "Q-2 : 8 gommettes d’élus pour 6 élus, une par ligne et par personne. Recomptez."),
        ({"Q-1": (5, 4)}, "35 gommettes, 33 possibles : décompte à confirmer."),
    ],
)
def test_more_dots_than_people_are_reported(folder, dots, message):
    change(folder, "A", lambda book: town.fill_dots(book, dots))
    account = run()
    assert message in found(account)
    assert account.merged.workshop.recount


def test_a_third_axis_stays_in_the_account_and_is_not_printed(folder):
    def add(book):
        for key, value in (("table", "A"), ("axe", 3), ("phrase", "Une troisième phrase.")):
            town.put(book, "Axes", row(3), key, value)

    change(folder, "A", add)
    account = run()
    assert "troisième axe de la table A (« Une troisième phrase. ») : gardé ici, pas imprimé" in found(
        account
    )
    assert "Une troisième phrase." in account.report.read_text(encoding="utf-8")
    assert len([axis for axis in account.merged.workshop.axes if axis.table == "A"]) == 2


# What a scribe may type in place of what is right, in a row of its own: the message, and what is kept.
FAULTS = [
    ("code", "H-70", 'code "H-70" inconnu. Vouliez-vous H-07 (Taille des ménages) ? Gardée sans code.', {"code": ""}),
    ("code", "h 07", "", {"code": "H-07"}),
    ("code", "–", "", {"code": ""}),
    ("type", None, "type manquant. Gardée « à relire », absente du compte rendu tant qu’il manque.", {"type": ""}),
    ("texte", None, "texte manquant. Gardée « à relire », absente du compte rendu tant qu’il manque.", {"text": ""}),
    ("texte", "Oui", "'Oui' : 5 signes au moins. Gardée « à relire ».", {"text": ""}),
    ("texte", '=HYPERLINK("http://x","y")', "formule lue comme du texte", {"text": '=HYPERLINK("http://x","y")'}),
    ("texte", "@SOMME(A1)", "", {"text": "@SOMME(A1)"}),
    ("type", "contredi", 'Type "contredi" lu comme "contredit".', {"type": "contredit"}),
    ("type", "faux", 'Type "faux" hors liste', {"type": ""}),
    ("type", "question", 'Type "question" lu comme "question ouverte".', {"type": "question ouverte"}),
    ("preuve", "chiffre d'un partenaire", "", {"type": "contredit"}),
    ("qui_verifie", "agence, 31/02/2027", '"31/02/2027" n’existe pas.', {"who": "agence", "due": None}),
    ("appuis", 40, "40 n’est pas entre 0 et 12", {"support": None}),
    ("qui_verifie", None, "contredit : écrivez qui vérifie et pour quand", {"who": ""}),
    ("texte", "Rue Camille Guérin, tout est fermé.", "vérifiez qu’il ne désigne pas une personne. Gardée.", {"type": "contredit"}),
]  # fmt: skip
NAMES = ["M. Lemaire en a fait six chez lui.", "Appelez le 06 12 34 56 78.", "voir a.b@mairie.fr"]
# Rows of file A after those of the workshop.
FIRST = len(town.A) + 1


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """The account of an import where each fault is in a row of its own, and its private folder."""
    rows = [*town.A, *([town.A[2]] * (len(FAULTS) + len(NAMES)))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sheets.ROWS, "contributions", 40)
        patch.setattr(paths, "PARAMS", tmp_path_factory.mktemp("faulty"))
        kept.write_kit(town.KIT)
        place = kept.capture_folder(SLUG, 1)
        town.fill(place, "A", rows)

        def spoil(book):
            texts = [("texte", text) for text in NAMES]
            for rank, (key, value, *_) in enumerate([*FAULTS, *texts]):
                town.put(book, "Contributions", row(FIRST + rank), key, value)

        change(place, "A", spoil)
        return run(), kept.private_folder(SLUG)


@pytest.mark.parametrize("rank", range(len(FAULTS)), ids=[f"{key}-{value}" for key, value, *_ in FAULTS])
def test_each_fault_of_a_row_is_reported_with_its_place_and_the_row_is_kept(faulty, rank):
    account, _ = faulty
    _, _, message, becomes = FAULTS[rank]
    here = f"{town.KIT.name}-saisie-A, Contributions, ligne {row(FIRST + rank)} : "
    lines = [line for line in found(account).splitlines() if line.startswith(here)]
    assert any(message.replace("'", "’") in line for line in lines) if message else not lines
    one = next(one for one in account.merged.workshop.contributions if one.id == f"C1-A-{FIRST + rank:02d}")
    assert {name: getattr(one, name) for name in becomes} == becomes


def test_what_comes_in_is_what_is_kept_and_what_is_reported_to_wait(faulty):
    merged = faulty[0].merged
    assert merged.read == len(town.A) + len(FAULTS) + len(NAMES)
    assert merged.read == len(merged.workshop.contributions) + len(merged.workshop.waiting) + merged.twins


def test_rows_that_lack_a_type_or_a_text_are_counted_apart(faulty):
    account, _ = faulty
    unread = sum(not one.is_whole for one in account.merged.workshop.contributions)
    assert unread
    assert f" dont {unread} à relire" in account.summary.replace("\xa0", " ")


def test_a_row_with_a_name_waits_and_none_of_its_words_is_kept(faulty):
    account, private = faulty
    first = FIRST + len(FAULTS)
    assert [one.row for one in account.merged.workshop.waiting] == [
        row(first + rank) for rank in range(len(NAMES))
    ]
    assert '"M. Lemaire" ressemble à un nom. Reformulez ; la ligne attend, elle n’est pas publiée.' in found(
        account
    )
    kept_texts = [
        path.read_text(encoding="utf-8") for path in private.rglob("*") if path.suffix in (".json", ".txt")
    ]
    assert len(kept_texts) == 2
    for text in kept_texts:
        assert not any(part in text for part in ("Lemaire", "06 12", "mairie.fr"))


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ({"insee": "59299", "commune": "Hem"}, "d'une autre commune ('59299')"),
        ({"number": 2}, "ce fichier est l'atelier 2 ; vous importez l'atelier 1"),
        ({"version": "v0"}, "d'une autre version de l'atelier"),
    ],
)
def test_a_file_of_another_commune_workshop_or_kit_is_left_out_whole(folder, update, message):
    other = town.KIT.model_copy(update=update)
    (folder / "autre-saisie-A.xlsx").write_bytes(capture_workbook.make(other, letter="A"))
    account = run()
    assert message in account.left_out[0]
    assert "\n→ " in account.left_out[0]
    assert len(account.merged.workshop.contributions) == 28


def test_a_copy_with_a_renamed_sheet_and_an_inserted_column_is_read_and_reported_once(folder):
    def move(book):
        book["Contributions"].title = "Contrib"
        book["Contrib"].insert_cols(5)
        book["Contrib"].cell(2, 5, "Ma colonne")

    change(folder, "A", move)
    account = run()
    assert found(account).count('Feuille "Contrib" lue comme "Contributions".') == 1
    assert '"Ma colonne" (E)' in found(account)
    assert len(account.merged.workshop.contributions) == 28


def test_without_a_file_or_a_kit_what_to_do_is_said(folder):
    for path in folder.glob("*.xlsx"):
        path.unlink()
    with pytest.raises(ParameterError, match="Aucune saisie à importer"):
        run()
    with pytest.raises(ParameterError, match="make atelier"):
        importing.run(SLUG, 2)


def test_other_spreadsheets_are_named_as_left_aside_with_what_to_do(folder):
    shutil.move(folder / f"{town.KIT.name}-saisie-B.xlsx", folder / "Saisie B.ODS")
    (folder / "notes.txt").write_text("rien", encoding="utf-8")
    shutil.move(folder / f"{town.KIT.name}-saisie-A.xlsx", folder / "SAISIE.XLSX")
    account = run()
    assert account.files == ["SAISIE"]
    assert account.left_out == [
        "Saisie B.ODS : seuls les classeurs .xlsx sont lus. Ouvrez-le, enregistrez-le en .xlsx, puis réimportez."
    ]
    assert "Laissé de côté : Saisie B.ODS" in account.report.read_text(encoding="utf-8").replace("\xa0", " ")
    (folder / "SAISIE.XLSX").unlink()
    with pytest.raises(ParameterError, match=r"Saisie B\.ODS"):
        run()


def test_the_letter_of_a_workbook_that_has_not_come_back_is_said(folder):
    blank = capture_workbook.make(town.KIT, letter="C")
    names = {letter: f"{town.KIT.name}-saisie-{letter}.xlsx" for letter in "ABCD"}
    (folder / names["C"]).write_bytes(blank)
    marks = dict.fromkeys(names.values(), "0")
    kept.written_file(SLUG, 1).write_text(json.dumps(marks), encoding="utf-8")
    said = [line for line in found(run()).splitlines() if "pas reçue" in line]
    assert [line.partition(", ou")[0] for line in said] == [
        f"{names[letter]} : saisie {letter} pas reçue" for letter in "CD"
    ]
    # One that was imported before is not asked for again.
    account = importing.run(SLUG, 1, [folder / names["B"]])
    assert "saisie A pas reçue" not in found(account)
