from __future__ import annotations

import pytest

from helpers.partnership.privacy import find_mentions, find_refused, is_personal_address


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("M. Lemaire en a fait six chez lui", "M. Lemaire"),
        ("M.\u00a0Lemaire", "M. Lemaire"),
        ("chez Mme Le Gall", "Mme Le Gall"),
        ("vu avec Monsieur Dupont", "Monsieur Dupont"),
        ("le Dr Martin", "Dr Martin"),
        ("J'ai vu monsieur Lemaire", "monsieur Lemaire"),
        ("M Dupont et mme Durand", "M Dupont"),
        ("vu avec mme Durand", "mme Durand"),
        ("MME DURAND le dit", "MME DURAND"),
        ("d'après mr Petit", "mr Petit"),
        ("chez m. Petit", "m. Petit"),
        ("mlle Petit, mademoiselle Petit", "mlle Petit"),
        ("le docteur Martin, le dr Martin", "docteur Martin"),
        ("l'étude de maître Roux", "maître Roux"),
        ("l'étude de me Roux", "me Roux"),
        ("avec M. de Villeneuve et Mme de La Tour", "M. de Villeneuve"),
        ("monsieur d’Ormesson", "monsieur d’Ormesson"),
        ("appeler le 03 20 12 34 56", "03 20 12 34 56"),
        ("+33 (0)6.12.34.56.78", "+33 (0)6.12.34.56.78"),
        ("0612345678", "0612345678"),
        ("écrire à jean.petit@mairie-hem.fr", "jean.petit@mairie-hem.fr"),
    ],
)
def test_a_civility_a_telephone_an_e_mail_are_refused(text, shown):
    assert find_refused(text).text == shown


@pytest.mark.parametrize(
    "text",
    [
        "monsieur le maire",
        "Madame la directrice des écoles",
        "madame la directrice",
        "on me dit que la MEL aide, 3 M Euros",
        "à 300 m. Puis à 40 m du canal",
        "le maître d'ouvrage, un docteur pour Hem, MM",
        "le docteur de Hem, la part de la MEL",
        "118 logements T1-T2, 2018, 2021",
        "quai de la Deûle",
        "T3 m. carrés",
        "SIRET 21590299300017",
        "le 05/01/2021, 0,5 ha",
    ],
)
def test_what_is_no_person_is_neither_refused_nor_warned_of(text):
    assert find_mentions(text) == []


def test_a_first_name_is_a_warning_save_in_the_name_of_a_place():
    assert [(one.text, one.refused) for one in find_mentions("Jean y habite")] == [("Jean", False)]
    assert find_mentions("école Jean-Jaurès, rue Louise Michel, résidence Paul Cézanne") == []


def test_a_street_that_bears_a_civility_is_a_warning_only():
    mentions = find_mentions("rue du Docteur Calmette")
    assert [(one.kind, one.refused) for one in mentions] == [("nom de lieu", False)]


def test_the_address_of_a_person_is_reported_from_that_of_a_service():
    assert is_personal_address("contact : jean.petit@hem.fr")
    assert not is_personal_address("habitat@agence.fr")
