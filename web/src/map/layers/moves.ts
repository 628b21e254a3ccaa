// Ground that goes from one grid to another: coloured as what it becomes, hatched as what it was, named both.

import type { LayerSpecification } from "maplibre-gl";
import type { Palette } from "../palette";
import { ease, FONT_BOLD, MOVES } from "./source";

const isGround = ["==", ["geometry-type"], "Polygon"] as never;

export function moveFills(p: Palette): LayerSpecification[] {
  const hue = (name: string) =>
    ["match", ["get", name], ...p.hues.flatMap((color, i) => [i, color]), p.gap] as never;
  return [
    {
      id: "move-ground",
      type: "fill",
      source: MOVES,
      filter: isGround,
      paint: { "fill-color": hue("to"), "fill-opacity": 1 },
    },
    {
      id: "move-from",
      type: "fill",
      source: MOVES,
      filter: isGround,
      paint: { "fill-pattern": ["concat", "hatch-from-", ["get", "from"]] as never },
    },
  ];
}

export function moveLines(p: Palette): LayerSpecification[] {
  return [
    {
      id: "move-halo",
      type: "line",
      source: MOVES,
      filter: isGround,
      layout: { "line-join": "round" },
      paint: { "line-color": p.halo, "line-width": 5 },
    },
    {
      id: "move-line",
      type: "line",
      source: MOVES,
      filter: isGround,
      layout: { "line-join": "round" },
      paint: { "line-color": p.select, "line-width": 2 },
    },
  ];
}

export function moveNames(p: Palette): LayerSpecification[] {
  return [
    {
      id: "move-name",
      type: "symbol",
      source: MOVES,
      minzoom: 13.5,
      filter: ["==", ["geometry-type"], "Point"],
      layout: {
        "text-field": ["get", "label"],
        "text-font": FONT_BOLD,
        "text-size": ease([13, 11], [17, 13]),
        "text-padding": 2,
        "text-max-width": 20,
        "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
        "text-radial-offset": 0.4,
      },
      paint: { "text-color": p.label, "text-halo-color": p.halo, "text-halo-width": 2 },
    },
  ];
}
