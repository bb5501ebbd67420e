"""What an analyst asks of a diagnostic in a notebook: what it is, what it knows, how a figure is made, a map."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from helpers import annexes, blocks, french, lab, paths, picker, schemas, themes
from helpers.columns import COLUMNS
from helpers.errors import ExhibitError, MissingDataError, ParameterError
from helpers.exhibit import MIME, Exhibit, Prose
from helpers.form import Form
from helpers.indicators import explanation, key_figures, registry
from helpers.indicators.cube import Cube
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Period
from helpers.interactive_map import IndicatorMap
from helpers.layers import suggest
from helpers.territory.communes import Territory, find_commune
from helpers.territory.panel import ComparisonGroup


@dataclass(frozen=True, kw_only=True)
class Discovery(Form):
    """The part of a `Diagnostic` that answers an analyst: frames, headed in French, and short texts."""

    territories: list[Territory]

    @property
    def areas(self) -> pd.DataFrame:
        """The area of every territory (`territory, area`, km²)."""
        raise NotImplementedError

    @property
    def outlines(self) -> pd.DataFrame:
        """Outlines of the communes around (`code, outline`)."""
        raise NotImplementedError

    def name_communes(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Name the communes around."""
        raise NotImplementedError

    @property
    def period(self) -> Period:
        """The two censuses compared, the delivery lag (years) and the convention of the point mort."""
        return Period(self.since, self.until, self.parameters.decalage, self.parameters.convention)

    def indicators(self, search: str = "") -> pd.DataFrame:
        """List the indicators whose words hold all those of `search` (accents do not matter); all without it.

        Returns:
            By identifier: `Indicateur`, `Unité`, `Calcul`, `Source`, `Précaution`, `Thème`.

        Raises:
            ExhibitError: none does; names those that are near.
        """
        words = french.fold(search).split()
        found = [one for one in registry.INDICATORS if all(word in _words_of(one) for word in words)]
        if not found:
            raise ExhibitError(f"Aucun indicateur ne parle de {search!r}.", remedy=_suggest(words))
        rows = {
            one.id: (self._name(one), one.unit, one.formula, one.source, one.caution, one.theme)
            for one in found
        }
        titles = ["Indicateur", "Unité", "Calcul", "Source", "Précaution", "Thème"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=titles).rename_axis("Identifiant")

    def catalogue(self) -> pd.DataFrame:
        """List what the store knows of the commune: a row by table and variable.

        Returns:
            `Table`, `Variable`, `Ce qu’elle compte` (in French), `Années` (published), `Années simulées`.
        """
        rows = []
        for table in schemas.TABLES:
            known = self.commune_rows(self.table(table))
            for variable, part in known.groupby("variable", observed=True, sort=False):
                simulated = part["origin"] == "demonstration"
                label = explanation.label(table, str(variable))
                years = (_years(part[~simulated]), _years(part[simulated]))
                rows.append((table, variable, label or _heading(str(variable)), *years))
        titles = ["Table", "Variable", "Ce qu’elle compte", "Années", "Années simulées"]
        return pd.DataFrame(rows, columns=titles)

    def explain(self, identifier: str) -> Prose:
        """Explain a figure of the commune: its definition, what goes into it with its value, the result.

        Raises:
            ExhibitError: there is no such indicator; names those that are near.
        """
        one = registry.find(identifier)
        tables = {name: self.areas if name == "territories" else self.table(name) for name in one.tables}
        terms = explanation.terms(one, Cube(tables), self._period_of(one), territory=self.commune.name)
        since, _, until = terms[-1].when.partition("-")
        name = one.name(since=since, until=until or since, year=until or since)
        return blocks.explain(name, one, terms)

    def _period_of(self, one: Indicator) -> Period:
        """Give the period over which the pages show an indicator."""
        return Period(self.counted_since, self.until) if one is key_figures.GROWTH else self.period

    def compare(self, *others: str, indicators: Sequence[str] = ()) -> pd.DataFrame:
        """Compare the commune with others (code, name or slug): key figures, or the `indicators` named.

        Returns:
            By indicator: `Unité`, then a column by commune, the value in that unit, missing where it is not known.

        Raises:
            DiagnosticError: a commune is unknown, ambiguous or merged; there is no such indicator.
        """
        communes = [find_commune(other, folder=self.folder) for other in others]
        asked = [registry.find(name) for name in indicators or [one.id for one in key_figures.FIGURES]]
        group = ComparisonGroup(tuple(one.code for one in communes), "", "")
        periods = [(one.since, one.until) for one in dict.fromkeys(map(self._period_of, asked))]
        figures = self.figures_for(group, names=[one.id for one in asked], periods=periods)
        names = {one.code: one.label for one in (self.commune, *communes)}
        rows = {}
        for one in asked:
            period = self._period_of(one)
            found = figures.measure(one, period, known_to=self.commune.code).set_index("territory")
            # Events may be counted since a later date than that asked for.
            since, year = found[["since", "year"]].max() if len(found) else (period.since, period.until)
            values = [found["value"].get(code, float("nan")) for code in names]
            rows[one.name(since=since, until=self.until, year=year)] = [one.unit, *values]
        return pd.DataFrame.from_dict(rows, orient="index", columns=["Unité", *names.values()]).rename_axis(
            "Indicateur"
        )

    def map(self, identifier: str) -> IndicatorMap:
        """Map an indicator on the communes around: a GeoDataFrame, which a notebook shows as a map to move over.

        Returns:
            `code, name, value` (in the unit of the indicator), `year, origin`, and `geometry` (WGS84, EPSG:4326).
            `.to_crs(2154)` measures in metres. The map needs no network.

        Raises:
            ExhibitError: there is no such indicator.
            MissingDataError: it is not known of the communes around, or their outlines are not.
        """
        one = registry.find(identifier)
        group = ComparisonGroup(tuple(self._around_codes), "", "")
        period = self._period_of(one)
        figures = self.figures_for(group, names=[one.id], periods=[(period.since, period.until)])
        found = figures.measure(one, period, known_to=self.commune.code)
        outlines = self.outlines
        found = found[found["territory"].isin(outlines["code"])]
        if found.empty:
            raise MissingDataError(
                f"« {self._name(one)} » n’est connu d’aucune commune autour {french.of(self.commune.name)}, ou leurs "
                "contours manquent.",
                remedy="d.tables() dit ce que le magasin connaît de la commune.",
            )
        named = self.name_communes(found)[["code", "name", "value", "year", "origin"]]
        kept = named.merge(outlines, on="code")
        shapes = gpd.GeoSeries.from_wkb(kept.pop("outline"), crs=4326)
        drawn = IndicatorMap(kept, geometry=shapes)
        since, year = found[["since", "year"]].max()
        title = one.name(since=since, until=self.until, year=year)
        drawn.attrs = {"title": title, "indicator": one.id, "commune": self.commune.code}
        return drawn

    def picker(self) -> Any:
        """Choose another commune in a list, in JupyterLab: its parameters are written and the notebook is run again."""
        people = self.commune_rows(self.table("population"))
        years = sorted({int(year) for year in people["year"] if int(year) <= self.until}, reverse=True)
        return picker.make(self.commune, self.parameters, years=years[:5], folder=self.folder)

    def exhibit(
        self,
        shown: Any,
        data: pd.DataFrame | None = None,
        *,
        title: str = "",
        reading: str = "",
        alt: str = "",
        scope: str = "",
        note: str = "",
        sources: Sequence[str] = (),
    ) -> Exhibit:
        """Make an exhibit of one's own figure (matplotlib, seaborn), with its `data`, or of a frame alone.

        `reading` says how one value reads, `alt` what the figure shows to who does not see it. Sources are found in
        the column `source` or `sources` of the data, or else named (`sources`, identifiers of the store).

        Raises:
            ExhibitError: what a page needs is missing, all of it named; a column of the data is not declared.
        """
        frame = shown if data is None and isinstance(shown, pd.DataFrame) else data
        if frame is None:
            raise ExhibitError(
                "Une figure va avec ses données : un lecteur doit pouvoir les reprendre.",
                remedy="Donnez en second le tableau qu'elle dessine : d.exhibit(figure, data, title=…).",
            )
        frame = frame.rename(columns={"source": "sources"}).reset_index(drop=True)
        if sources:
            frame = frame.assign(sources="|".join(sources))
        drawing = "" if shown is frame or isinstance(shown, pd.DataFrame) else annexes.draw(shown, alt=alt)
        made = Exhibit(
            data=frame, alt=alt, drawing=drawing, title=title, reading=reading, scope=scope, note=note
        )
        line = self.source_line(made.source_ids)
        return annexes.require(made.complete(source=line, name=french.slug(title)))

    def keep(self, exhibit: Exhibit, *, theme: str, by: str = "") -> Path:
        """Keep an exhibit for the commune: the next build adds it to the annex of the page of a theme, with its origin.

        Returns:
            The file, under `params/<commune>/annexes/`; to remove the annex, remove it.

        Raises:
            ParameterError: there is no such theme; names those there are.
            ExhibitError: the exhibit lacks what a page needs.
        """
        known = themes.list_themes()
        if theme not in known:
            raise ParameterError(
                f"Thème inconnu : {theme!r}{suggest(theme, known)}.",
                remedy=f"Les thèmes sont : {', '.join(known)}.",
            )
        day = french.long_date(date.today())
        folder = paths.annexes_folder(self.commune.slug)
        return annexes.keep(exhibit, folder, theme=theme, by=by or self.parameters.agence, day=day)

    @property
    def _around_codes(self) -> list[str]:
        return list(self.outlines["code"])

    def _name(self, one: Indicator) -> str:
        return one.name(since=self._period_of(one).since, until=self.until, year="dernière date")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        lines = self._lines()
        shown = blocks.describe_opened(self.commune.label, lines).to_html()
        text = "\n".join(f"{title} : {value}" for title, value in lines.items())
        record = {"kind": "diagnostic", "demonstration": False}
        return {"text/html": lab.dress(shown), "text/plain": f"{self.commune.label}\n{text}", MIME: record}

    def _lines(self) -> dict[str, str]:
        """Say what the diagnostic is about, by title."""
        known = self.catalogue()
        real = known[known["Années"] != ""]["Ce qu’elle compte"].replace("", pd.NA).dropna().unique()
        simulated = known[known["Années"] == ""]["Table"].unique()
        people = self.commune_rows(self.table("population"))
        people = people[people["origin"] != "demonstration"].sort_values("year")
        last = people.iloc[-1] if len(people) else None
        return {
            "Population": f"{french.count(last['value'])} habitants en {last['year']}"
            if last is not None
            else "inconnue",
            **self.parameters.describe(),
            "Comparée à": french.enumerate_words([one.name for one in self.territories[1:]])
            or "aucun territoire",
            "Publié": f"{len(real)} variables ({', '.join(map(str, real[:6]))}…)",
            "Simulé seulement": ", ".join(map(str, simulated)) or "rien",
            "À demander": 'd.indicators("vacance"), d.tables(), d.explain("point_mort"), '
            'd.compare("Lille"), d.map("vacance"), d.picker()',
        }


def _words_of(one: Indicator) -> str:
    fields = (one.id, one.label, one.formula, one.unit, one.source, one.caution, one.theme)
    return french.fold(" ".join(fields))


def _suggest(words: Sequence[str]) -> str:
    """Suggest the words of indicators that are nearest to those typed."""
    known = sorted({word for one in registry.INDICATORS for word in _words_of(one).split() if len(word) > 3})
    near = [match for word in words for match in difflib.get_close_matches(word, known, n=2, cutoff=0.7)]
    return f"Mots proches : {', '.join(near)}." if near else "d.indicators() les donne tous."


def _years(rows: pd.DataFrame) -> str:
    years = sorted({int(year) for year in rows["year"]})
    if len(years) > 3 and years == list(range(years[0], years[-1] + 1)):
        return f"{years[0]} à {years[-1]}"
    return ", ".join(map(str, years))


def _heading(variable: str) -> str:
    return COLUMNS[variable].heading if variable in COLUMNS else ""
