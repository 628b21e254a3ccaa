// What the page lays over the map: My grid's border and mask, and the place a list points at.

import type { LayerSpecification } from "maplibre-gl";
import type { Palette } from "../palette";
import { ease, MARK, MINE } from "./source";

export function mineLayers(p: Palette): LayerSpecification[] {
  return [
    {
      id: "mine-mask",
      type: "fill",
      source: MINE,
      filter: ["==", ["get", "part"], "mask"],
      paint: { "fill-color": p.mask, "fill-opacity": 0.66 },
    },
    {
      id: "mine-halo",
      type: "line",
      source: MINE,
      filter: ["==", ["get", "part"], "line"],
      layout: { "line-join": "round" },
      paint: { "line-color": p.halo, "line-width": 8 },
    },
    {
      id: "mine-line",
      type: "line",
      source: MINE,
      filter: ["==", ["get", "part"], "line"],
      layout: { "line-join": "round" },
      paint: { "line-color": p.select, "line-width": ease([12, 2.5], [17, 4.5]) },
    },
  ];
}

/** Outline and ring: the outline shows the shape, the ring is found even when the shape is a sliver. */
export function markLayers(p: Palette): LayerSpecification[] {
  return [
    {
      id: "mark-fill",
      type: "fill",
      source: MARK,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": p.gap, "fill-opacity": 0.16 },
    },
    {
      id: "mark-halo",
      type: "line",
      source: MARK,
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": p.halo, "line-width": 6 },
    },
    {
      id: "mark-line",
      type: "line",
      source: MARK,
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": p.gap, "line-width": 2.6 },
    },
    {
      id: "mark-ring-halo",
      type: "circle",
      source: MARK,
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 15,
        "circle-color": "rgba(0,0,0,0)",
        "circle-stroke-color": p.halo,
        "circle-stroke-width": 6,
      },
    },
    {
      id: "mark-ring",
      type: "circle",
      source: MARK,
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 15,
        "circle-color": "rgba(0,0,0,0)",
        "circle-stroke-color": p.gap,
        "circle-stroke-width": 2.6,
      },
    },
  ];
}
