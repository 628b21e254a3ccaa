// A community being redrawn: its cells coloured by grid, gaps and locks hatched, seams near by, borders always.

import type { LayerSpecification } from "maplibre-gl";
import type { Palette } from "../palette";
import { CELLS, ease, on, SEAMS } from "./source";

const hidden = { visibility: "none" } as const;

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
      layout: hidden,
      paint: { "fill-color": p.gap, "fill-opacity": ["case", on("gap"), 0.12, 0], "fill-antialias": false },
    },
    {
      id: "cell-gap",
      type: "fill",
      source: CELLS,
      layout: hidden,
      paint: { "fill-pattern": "hatch-gap", "fill-opacity": ["case", on("gap"), 1, 0] },
    },
    {
      id: "cell-locked",
      type: "fill",
      source: CELLS,
      layout: hidden,
      paint: { "fill-pattern": "hatch-lock", "fill-opacity": ["case", on("locked"), 0.55, 0] },
    },
  ];
}

export function cellLines(p: Palette): LayerSpecification[] {
  const border = (thick: number, thin: number) => ["case", on("border"), thick, thin];
  return [
    {
      id: "seam",
      type: "line",
      source: SEAMS,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": ["case", on("border"), p.border, p.border2],
        "line-width": [
          "interpolate",
          ["linear"],
          ["zoom"],
          11,
          border(0.6, 0),
          14,
          border(1.3, 0.3),
          18,
          border(2.4, 0.8),
        ] as never,
        "line-opacity": [
          "interpolate",
          ["linear"],
          ["zoom"],
          14.5,
          border(0.95, 0),
          15.3,
          border(0.95, 0.55),
        ] as never,
      },
    },
  ];
}

/** Layers that only show some cells: switched off while there is none, since even unseen they cost. */
export const GAP_LAYERS = ["cell-gap-ground", "cell-gap"];
export const LOCK_LAYERS = ["cell-locked"];
