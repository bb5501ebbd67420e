from __future__ import annotations

import re
from datetime import date

import pytest

from helpers.errors import ParameterError
from helpers.partnership.convention import read_convention

# The convention of the fictional commune, whole.
WHOLE = """\
commune: Val-sur-Deûle
code_insee: "59999"
fictive: oui
objet: Préparer le volet habitat de notre projet de territoire 2040
usage_prevu: Présenté au conseil municipal de juin 2027
themes: [démographie, logement, petite enfance]
signataires: [Maire, Président de l'Agence]
date_signature: 15/09/2026
date_fin: 30/06/2027
ateliers:
  - date: 12/01/2027
    heure: 14 h
    lieu: salle du conseil
  - date: 2027-02-09
    lieu: salle du conseil
  - date: 16 mars 2027
    lieu: salle du conseil
nb_elus: 6
nb_techniciens: 6
nb_animateurs: 2
materiaux_retour: 27/11/2026
donnees_convenues: opérations, effectifs scolaires, petite enfance
relecteur: Direction générale des services
diffusion:
  metropole: oui
bilan_forme: conseil
bilan_date: 27/04/2027
contact_agence: habitat@agence.fr
contact_commune: urbanisme@val-sur-deule.fr
"""


def read(tmp_path, text):
    path = tmp_path / "convention.yml"
    path.write_text(text, encoding="utf-8")
    return read_convention(path)


def change(old, new):
    assert old in WHOLE
    return WHOLE.replace(old, new)


def test_a_whole_convention_is_read_without_a_warning(tmp_path):
    convention = read(tmp_path, WHOLE)
    assert convention.missing == []
    assert convention.warnings() == []
    assert [one.date for one in convention.ateliers] == [
        date(2027, 1, 12),
        date(2027, 2, 9),
        date(2027, 3, 16),
    ]
    assert convention.donnees_convenues == ["opérations", "écoles", "petite enfance"]
    assert (convention.tables, convention.diffusion.contributions, convention.conservation_mois) == (
        2,
        "sans_role",
        3,
    )


def test_a_key_without_a_value_takes_its_default_until_it_is_signed(tmp_path):
    draft = read(tmp_path, "commune: Hem\ncode_insee: '59299'\ndate_signature:\nobjet: ''\n")
    assert draft.nb_elus == 6
    assert draft.diffusion.materiaux == "selon_ligne"
    assert {"objet", "date_signature", "ateliers.1.date"} <= set(draft.missing)
    with pytest.raises(ParameterError, match=r"convention signée, mais il y manque .*objet"):
        read(tmp_path, "commune: Hem\ncode_insee: '59299'\ndate_signature: 15/09/2026\n")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("nb_animateurs: 2", "nb_animateurs: 1", r"ligne 20 : nb_animateurs vaut 1 : valeur trop petite"),
        ("nb_elus: 6", "nb_elus: 11", r"ligne 18 : nb_elus vaut 11 : valeur trop grande"),
        ("nb_techniciens: 6", "nb_techniciens: 10\nx: 1", r"clé inconnue 'x'"),
        ("nb_elus: 6\nnb_techniciens: 6", "nb_elus: 2\nnb_techniciens: 3", "5 participants avec nb_elus, de 6 à 16"),
        ("- date: 2027-02-09", "- date: 2027-01-11", r"ligne 10 : ateliers : l'atelier 2 \(11/01/2027\) n'est pas après"),
        ("- date: 2027-02-09", "- date: 9 fevrier prochain", r"ligne 14 : ateliers.1.date : '9 fevrier prochain'"),
        ("date_fin: 30/06/2027", "date_fin: 14/09/2026", r"n'est pas après la signature \(15/09/2026\)"),
        ("date_fin: 30/06/2027", "date_fin: 16/09/2028", "est à plus de 24 mois de la signature"),
        ("metropole: oui", "compte_rendu: tous", r"ligne 25 : diffusion.compte_rendu vaut 'tous', attendu 'participants'"),
        ("[Maire, Président", "[M. Lemaire, Président", r'ligne 7 : signataires : "M. Lemaire" est un nom'),
        ("relecteur: Direction", "relecteur: 03 20 12 34 56", "est un numéro de téléphone"),
        ("effectifs scolaires", "effectif", r"'effectif' n'est pas une feuille du classeur"),
        ('code_insee: "59999"\nfictive: oui', 'code_insee: "59999"', "ligne 2 : code_insee '59999' : Aucune commune"),
        ('code_insee: "59999"\nfictive: oui', 'code_insee: "59299"', r"ligne 1 : commune 'Val-sur-Deûle', mais 59299 est Hem"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_line_its_key_and_its_value(tmp_path, old, new, words):
    with pytest.raises(ParameterError, match=words):
        read(tmp_path, change(old, new))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2027-02-09", "2027-02-01", "20 jours entre l'atelier 1 et l'atelier 2, 21 au moins"),
        (
            "27/11/2026",
            "20/12/2026",
            r"23 jours avant l'atelier 1, 30 au moins pour les vérifier \(le 13/12/2026\)",
        ),
        ("urbanisme@val", "jean.petit@val", "'jean.petit@val-sur-deule.fr' est l'adresse d'une personne"),
        ("[Maire,", "[Jean Petit,", 'signataires : "Jean" ressemble au nom'),
        (
            "bilan_date: 27/04/2027",
            "bilan_date: 01/03/2027",
            "bilan_date : 01/03/2027, avant le dernier atelier",
        ),
    ],
)
def test_what_is_unusual_is_reported(tmp_path, old, new, words):
    assert any(re.search(words, said) for said in read(tmp_path, change(old, new)).warnings())


def test_two_years_to_the_day_are_not_more_than_two_years(tmp_path):
    assert read(tmp_path, change("30/06/2027", "15/09/2028")).date_fin == date(2028, 9, 15)


def test_there_are_as_many_tables_as_facilitators_save_where_a_workshop_says_so(tmp_path):
    convention = read(
        tmp_path, change("    heure: 14 h", "    tables: 1").replace("animateurs: 2", "animateurs: 3")
    )
    assert [convention.tables_of(number) for number in (1, 2, 3)] == [1, 3, 3]
