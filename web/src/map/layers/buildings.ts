// Buildings: footprints from z14, points where no footprint is known, numbers from z17.

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Palette } from "../palette";
import { ease, FONT, isArea, isPoint, on, tiled } from "./source";

const fill = (p: Palette): ExpressionSpecification => [
  "case",
  on("chosen"),
  p.select,
  on("look"),
  p.amber,
  p.building,
];

export function buildings(p: Palette): LayerSpecification[] {
  const line: ExpressionSpecification = [
    "case",
    on("hover"),
    p.select,
    on("chosen"),
    p.select,
    p.buildingLine,
  ];
  return [
    tiled("buildings", {
      id: "building",
      type: "fill",
      minzoom: 14,
      filter: isArea,
      paint: { "fill-color": fill(p), "fill-opacity": ease([14, 0.35], [15.5, 0.85]) },
    }),
    tiled("buildings", {
      id: "building-line",
      type: "line",
      minzoom: 15,
      filter: isArea,
      paint: {
        "line-color": line,
        "line-width": ["case", on("hover"), 2, on("chosen"), 2.4, 0.6],
      },
    }),
    tiled("buildings", {
      id: "building-point",
      type: "circle",
      minzoom: 14,
      filter: isPoint,
      paint: {
        "circle-color": fill(p),
        "circle-radius": ease([14, 1.4], [17, 4]),
        "circle-stroke-color": line,
        "circle-stroke-width": 1,
      },
    }),
  ];
}

export function buildingNames(p: Palette): LayerSpecification[] {
  return [
    tiled("buildings", {
      id: "building-name",
      type: "symbol",
      minzoom: 17,
      layout: {
        "text-field": ["coalesce", ["get", "name"], ["get", "code"]],
        "text-font": FONT,
        "text-size": ease([17, 10.5], [19, 13]),
        "text-max-width": 7,
        "text-padding": 2,
      },
      paint: { "text-color": p.label2, "text-halo-color": p.halo, "text-halo-width": 1.2 },
    }),
  ];
}
