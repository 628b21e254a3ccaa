// Grids: colour by feature state (joined counts), hatch for what holds nobody, gaps in cinnabar hatch.

import type { LayerSpecification } from "maplibre-gl";
import type { Palette } from "../palette";
import { COUNTS, ease, FONT, FONT_BOLD, on, tiled } from "./source";

export function gridFills(): LayerSpecification[] {
  return [
    // A community whose plan has no grids yet still shows its own count.
    tiled("areas", {
      id: "area",
      type: "fill",
      filter: ["==", ["get", "level"], "community"],
      paint: {
        "fill-color": ["to-color", ["feature-state", "fill"], "rgba(0,0,0,0)"],
        "fill-opacity": ["case", on("hover"), 0.9, 0.7],
      },
    }),
    tiled("grids", {
      id: "grid",
      type: "fill",
      paint: {
        "fill-color": ["to-color", ["feature-state", "fill"], "rgba(0,0,0,0)"],
        "fill-opacity": [
          "interpolate",
          ["linear"],
          ["zoom"],
          14,
          ["case", on("out"), 0.18, on("hover"), 1, 0.86],
          17,
          ["case", on("out"), 0.1, on("hover"), 0.66, 0.5],
        ],
      },
    }),
    tiled("grids", {
      id: "grid-none",
      type: "fill",
      filter: ["in", ["id"], ["literal", []]],
      paint: { "fill-pattern": "hatch-none" },
    }),
  ];
}

export function gaps(p: Palette): LayerSpecification[] {
  return [
    tiled("gaps", {
      id: "gap-ground",
      type: "fill",
      paint: { "fill-color": p.gap, "fill-opacity": 0.1 },
    }),
    tiled("gaps", { id: "gap", type: "fill", paint: { "fill-pattern": "hatch-gap" } }),
    tiled("gaps", {
      id: "gap-line",
      type: "line",
      paint: {
        "line-color": p.gap,
        "line-width": ["case", on("hover"), 3, 1.4],
      },
    }),
  ];
}

/** Lines over the fills for what is under the pointer and what is chosen. */
export function gridLines(p: Palette): LayerSpecification[] {
  return [
    tiled("grids", {
      id: "grid-hover",
      type: "line",
      layout: { "line-join": "round" },
      paint: {
        "line-color": p.select,
        "line-width": ["case", on("hover"), 2.4, 0],
        "line-opacity": ["case", on("hover"), 1, 0],
      },
    }),
    tiled("grids", {
      id: "grid-chosen-halo",
      type: "line",
      layout: { "line-join": "round" },
      paint: {
        "line-color": p.halo,
        "line-width": ["case", on("chosen"), 7, 0],
        "line-opacity": ["case", on("chosen"), 0.9, 0],
      },
    }),
    tiled("grids", {
      id: "grid-chosen",
      type: "line",
      layout: { "line-join": "round" },
      paint: {
        "line-color": p.select,
        "line-width": ["case", on("chosen"), 3.4, 0],
        "line-opacity": ["case", on("chosen"), 1, 0],
      },
    }),
  ];
}

/** Name and count of a grid, from the page's own joined points. */
export function gridNames(p: Palette): LayerSpecification[] {
  return [
    {
      id: "grid-name",
      type: "symbol",
      source: COUNTS,
      minzoom: 14,
      layout: {
        "text-field": [
          "case",
          ["==", ["get", "count"], ""],
          ["format", ["get", "name"], { "text-font": ["literal", FONT_BOLD] }],
          [
            "format",
            ["get", "name"],
            { "text-font": ["literal", FONT_BOLD] },
            "\n",
            {},
            ["get", "count"],
            { "font-scale": 0.9, "text-color": p.label2 },
          ],
        ],
        "text-font": FONT,
        "text-size": ease([14, 11], [17, 14]),
        "text-line-height": 1.25,
        "text-padding": 4,
        "text-max-width": 8,
      },
      paint: {
        "text-color": p.label,
        "text-halo-color": p.halo,
        "text-halo-width": 1.6,
        "text-opacity": ["case", ["get", "out"], 0.4, 1],
      },
    },
  ];
}
