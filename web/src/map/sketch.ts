// What a tool draws while the pointer moves: a handful of shapes over the map, as SVG, because they must be there in
// the same frame. Their colours come from sketch.css, so a theme switch needs no redraw.

import type { Map as MapLibre } from "maplibre-gl";
import type { LonLat } from "../model/place";
import type { Sketch } from "../model/surface";
import "./sketch.css";

/** The browser knows SVG's namespace; asking it keeps addresses out of the sources. */
const drawing = document.createElement("template");
drawing.innerHTML = "<svg></svg>";
const SVG = drawing.content.firstElementChild?.namespaceURI ?? null;

const element = (name: string, attributes: Record<string, string>): SVGElement => {
  const made = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

export class SketchPad {
  private readonly root = element("svg", { class: "sketch", "aria-hidden": "true" });
  private readonly lower = element("g", {});
  private readonly upper = element("g", {});
  private shown: readonly Sketch[] = [];
  private others: readonly Sketch[] = [];

  constructor(private readonly map: MapLibre) {
    this.root.append(this.lower, this.upper);
    map.getContainer().append(this.root);
    map.on("move", () => {
      this.draw(this.upper, this.shown);
      this.draw(this.lower, this.others);
    });
  }

  /** What the tool in hand draws. */
  show(sketch: readonly Sketch[]): void {
    if (sketch.length === 0 && this.shown.length === 0) return;
    this.shown = sketch;
    this.draw(this.upper, sketch);
  }

  /** What stays whatever the tool: stranded cells, other planners. */
  keep(sketch: readonly Sketch[]): void {
    if (sketch.length === 0 && this.others.length === 0) return;
    this.others = sketch;
    this.draw(this.lower, sketch);
  }

  remove(): void {
    this.root.remove();
  }

  private draw(into: SVGElement, sketch: readonly Sketch[]): void {
    into.replaceChildren(...sketch.flatMap((one) => this.drawn(one)));
  }

  private drawn(one: Sketch): SVGElement[] {
    const pixel = (at: LonLat) => this.map.project([at[0], at[1]]);
    if (one.kind === "line") {
      const points = one.line.map((at) => {
        const { x, y } = pixel(at);
        return `${x.toFixed(1)},${y.toFixed(1)}`;
      });
      return [
        element("polyline", { class: `halo ${one.role}`, points: points.join(" ") }),
        element("polyline", { class: one.role, points: points.join(" ") }),
      ];
    }
    if (one.kind === "lines") {
      const spot = (at: LonLat) => {
        const { x, y } = pixel(at);
        return `${x.toFixed(1)} ${y.toFixed(1)}`;
      };
      const d = one.lines.map((line) => `M${line.map(spot).join("L")}`).join("");
      return [element("path", { class: one.role, d })];
    }
    const { x, y } = pixel(one.at);
    const at = { cx: x.toFixed(1), cy: y.toFixed(1) };
    if (one.kind === "ring") return [element("circle", { ...at, class: one.role, r: String(one.radius) })];
    const dot = element("circle", { ...at, class: one.role, r: one.role === "junction" ? "6.5" : "4" });
    if (one.name === undefined) return [dot];
    const name = element("text", { x: String(x + 9), y: String(y + 4), class: one.role });
    name.textContent = one.name;
    return [dot, name];
  }
}
