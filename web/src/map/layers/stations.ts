// Stations: a sign whose shape says the kind, from z13; the name from z15.

import type { LayerSpecification } from "maplibre-gl";
import type { Palette } from "../palette";
import { ease, FONT, tiled } from "./source";

export function stations(p: Palette): LayerSpecification[] {
  return [
    tiled("stations", {
      id: "station",
      type: "symbol",
      minzoom: 12.5,
      layout: {
        "icon-image": ["concat", "station-", ["get", "kind"]],
        "icon-size": ease([12.5, 0.7], [15, 1]),
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
      },
    }),
    tiled("stations", {
      id: "station-name",
      type: "symbol",
      minzoom: 15,
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ease([15, 11], [18, 13]),
        "text-anchor": "top",
        "text-offset": [0, 0.8],
        "text-max-width": 9,
        "text-padding": 3,
      },
      paint: { "text-color": p.select, "text-halo-color": p.halo, "text-halo-width": 1.4 },
    }),
  ];
}
