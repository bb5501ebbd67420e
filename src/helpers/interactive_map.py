"""A map of an indicator that a notebook shows: a GeoDataFrame, drawn by a widget whose scripts are in a package."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import geopandas as gpd

from helpers import french, lab, tokens
from helpers.exhibit import escape
from helpers.indicators import registry

_RAMP = [f"low{rank}" for rank in range(1, 6)]


class IndicatorMap(gpd.GeoDataFrame):
    """The values of an indicator by commune (`code, name, value, year, origin, geometry`), with their map."""

    def widget(self) -> Any:
        """Make the map: communes in five classes of equal number, named where the pointer is. It asks for no tile."""
        # Loaded here: builds draw their maps otherwise.
        import ipyleaflet
        import ipywidgets

        one = registry.find(self.attrs["indicator"])
        legend = ipywidgets.HTML(value=self._describe(None, one.write(None)), layout={"width": "100%"})
        shapes = json.loads(self[["code", "name", "geometry"]].to_crs(4326).to_json())
        written = {row.code: one.write(row.value) for row in self.itertuples()}
        layer = ipyleaflet.GeoJSON(
            data=shapes,
            style_callback=self._painter(),
            hover_style={"color": tokens.colour("ink"), "weight": 3},
        )

        def show(feature: dict[str, Any], **_: Any) -> None:
            properties = feature["properties"]
            legend.value = self._describe(properties["name"], written[properties["code"]])

        layer.on_hover(show)
        layer.on_click(show)
        west, south, east, north = self.to_crs(4326).total_bounds
        drawn = ipyleaflet.Map(
            layers=[layer],
            scroll_wheel_zoom=True,
            attribution_control=False,
            layout={"height": "26rem", "max_width": "48rem"},
        )
        drawn.fit_bounds([[south, west], [north, east]])
        return ipywidgets.VBox([legend, drawn])

    def _painter(self) -> Callable[[dict[str, Any]], dict[str, Any]]:
        ranks = self["value"].rank(pct=True, method="max")
        classes = dict(zip(self["code"], (ranks * len(_RAMP)).clip(1, len(_RAMP)), strict=True))

        def paint(feature: dict[str, Any]) -> dict[str, Any]:
            code = feature["properties"]["code"]
            rank = classes[code]
            here = code == self.attrs["commune"]
            return {
                "fillColor": tokens.colour("level" if math.isnan(rank) else _RAMP[math.ceil(rank) - 1]),
                "fillOpacity": 1,
                "color": tokens.colour("accent" if here else "rule"),
                "weight": 3 if here else 1,
            }

        return paint

    def _describe(self, name: str | None, written: str) -> str:
        at = f"{name} : {written}" if name else "survolez une commune"
        return f"<b>{escape(self.attrs['title'])}</b> · {escape(at)}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        plain = gpd.GeoDataFrame(self)
        if not (lab.is_editor() and "indicator" in self.attrs):
            return {"text/plain": repr(plain.drop(columns="geometry")), "text/html": plain._repr_html_()}
        shown = self.widget()._repr_mimebundle_()
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        data["text/plain"] = f"{self.attrs['title']} : {french.quantity(len(self), 'commune')}"
        return data, metadata
