// Borders by rank, drawn once each from the seams, and the names of areas.

import type { LayerSpecification } from "maplibre-gl";
import type { Palette } from "../palette";
import { ease, FONT, FONT_BOLD, tiled } from "./source";

const rank = (...names: string[]) => ["in", ["get", "rank"], ["literal", names]] as never;

export function borders(p: Palette): LayerSpecification[] {
  const round = { "line-cap": "round", "line-join": "round" } as const;
  return [
    tiled("borders", {
      id: "border-grid",
      type: "line",
      minzoom: 11,
      filter: rank("grid"),
      layout: round,
      paint: {
        "line-color": p.border2,
        "line-width": ease([11, 0.3], [13, 0.7], [15, 1.2], [18, 1.6]),
        "line-opacity": ease([11, 0.4], [14, 0.9]),
      },
    }),
    tiled("borders", {
      id: "border-halo",
      type: "line",
      minzoom: 10,
      filter: rank("community", "subdistrict", "district", "outer"),
      layout: round,
      paint: { "line-color": p.halo, "line-width": ease([10, 2], [14, 5.5], [18, 7]), "line-opacity": 0.75 },
    }),
    tiled("borders", {
      id: "border-community",
      type: "line",
      minzoom: 9,
      filter: rank("community"),
      layout: round,
      paint: { "line-color": p.border, "line-width": ease([9, 0.4], [12, 1], [14, 1.8], [18, 2.4]) },
    }),
    tiled("borders", {
      id: "border-subdistrict",
      type: "line",
      filter: rank("subdistrict"),
      layout: round,
      paint: {
        "line-color": p.border,
        "line-width": ease([6, 0.5], [11, 1.4], [14, 2.2], [18, 3]),
        "line-dasharray": [6, 1.6, 1, 1.6],
      },
    }),
    tiled("borders", {
      id: "border-district",
      type: "line",
      filter: rank("district", "outer"),
      layout: round,
      paint: { "line-color": p.border, "line-width": ease([5, 0.8], [10, 1.8], [14, 3], [18, 3.6]) },
    }),
  ];
}

export function areaNames(p: Palette): LayerSpecification[] {
  const of = (level: string) => ["==", ["get", "level"], level] as never;
  const halo = { "text-halo-color": p.halo, "text-halo-width": 1.8 } as const;
  return [
    tiled("labels", {
      id: "community-name",
      type: "symbol",
      minzoom: 12.5,
      maxzoom: 16.5,
      filter: of("community"),
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT_BOLD,
        "text-size": ease([12.5, 12], [15, 16]),
        "text-letter-spacing": 0.08,
        "text-padding": 6,
        "text-max-width": 9,
      },
      paint: { "text-color": p.label, ...halo },
    }),
    tiled("labels", {
      id: "subdistrict-name",
      type: "symbol",
      minzoom: 9.5,
      maxzoom: 13,
      filter: of("subdistrict"),
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ease([9.5, 12], [13, 17]),
        "text-letter-spacing": 0.16,
        "text-padding": 8,
      },
      paint: { "text-color": p.label2, ...halo },
    }),
    tiled("labels", {
      id: "district-name",
      type: "symbol",
      maxzoom: 11.5,
      filter: ["in", ["get", "level"], ["literal", ["district", "city"]]],
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT_BOLD,
        "text-size": ease([6, 12], [11, 19]),
        "text-letter-spacing": 0.24,
      },
      paint: { "text-color": p.label, ...halo },
    }),
  ];
}
