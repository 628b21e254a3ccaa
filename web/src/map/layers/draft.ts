// A community being redrawn: its cells coloured by grid, gaps and locks hatched, seams near by, borders always.

import type { LayerSpecification } from "maplibre-gl";
import type { Palette } from "../palette";
import { CELLS, ease, on, SEAMS } from "./source";

export function cellFills(p: Palette): LayerSpecification[] {
  return [
    {
      id: "cell",
      type: "fill",
      source: CELLS,
      paint: {
        "fill-color": ["to-color", ["feature-state", "fill"], "rgba(0,0,0,0)"],
        "fill-opacity": ease([14, 0.86], [17, 0.62]),
        "fill-antialias": false,
      },
    },
    {
      id: "cell-gap-ground",
      type: "fill",
      source: CELLS,
      paint: { "fill-color": p.gap, "fill-opacity": ["case", on("gap"), 0.12, 0], "fill-antialias": false },
    },
    {
      id: "cell-gap",
      type: "fill",
      source: CELLS,
      paint: { "fill-pattern": "hatch-gap", "fill-opacity": ["case", on("gap"), 1, 0] },
    },
    {
      id: "cell-locked",
      type: "fill",
      source: CELLS,
      paint: { "fill-pattern": "hatch-lock", "fill-opacity": ["case", on("locked"), 0.55, 0] },
    },
  ];
}

export function cellLines(p: Palette): LayerSpecification[] {
  const round = { "line-cap": "round", "line-join": "round" } as const;
  return [
    {
      id: "seam",
      type: "line",
      source: SEAMS,
      minzoom: 14.4,
      layout: round,
      paint: {
        "line-color": p.border2,
        "line-width": ease([15, 0.4], [18, 0.8]),
        "line-opacity": ease([14.5, 0], [15.3, 0.55]),
      },
    },
    {
      id: "seam-border",
      type: "line",
      source: SEAMS,
      layout: round,
      paint: {
        "line-color": p.border,
        "line-width": ease([11, 0.6], [14, 1.3], [18, 2.4]),
        "line-opacity": ["case", on("border"), 0.95, 0],
      },
    },
    {
      id: "cell-taken",
      type: "line",
      source: CELLS,
      layout: round,
      paint: {
        "line-color": p.select,
        "line-width": ease([14, 1], [17, 2]),
        "line-opacity": ["case", on("taken"), 0.9, 0],
      },
    },
    {
      id: "cell-cursor",
      type: "line",
      source: CELLS,
      layout: round,
      paint: {
        "line-color": p.select,
        "line-width": 4,
        "line-opacity": ["case", on("cursor"), 1, 0],
      },
    },
  ];
}
