// The view is what the address bar holds: a link shows a colleague the same thing.

import { isDay } from "./days";
import type { LonLat } from "./place";

export const WORKSPACES = ["plan", "mygrid", "coverage", "data"] as const;
export type Workspace = (typeof WORKSPACES)[number];

export const PAINTS = ["households", "band", "hues"] as const;
/** What the colour of a grid says. */
export type Paint = (typeof PAINTS)[number];

export const SHOWS = ["swipe", "moves"] as const;
/** How two plans are compared: two maps with a slider, or one map of what moves. */
export type Show = (typeof SHOWS)[number];

export type Selection = { kind: "grid"; code: string } | { kind: "building"; code: string };

export type Camera = { at: LonLat; zoom: number };

export type View = {
  workspace: Workspace;
  /** The plan opened in Plan; null is the one in force. */
  plan: string | null;
  /** The area in scope; null is everything there is. */
  area: string | null;
  /** The grid of "My grid". */
  mine: string | null;
  selection: Selection | null;
  /** null is the workspace's own choice. */
  paint: Paint | null;
  camera: Camera | null;
  /** The list of findings that is open, by code. */
  findings: string | null;
  /** The day as of which Coverage looks; null is today. */
  at: string | null;
  /** The plan the opened one is compared with ("current" is what counts); null compares nothing. */
  against: string | null;
  show: Show;
};

export const firstView: View = {
  workspace: "coverage",
  plan: null,
  area: null,
  mine: null,
  selection: null,
  paint: null,
  camera: null,
  findings: null,
  at: null,
  against: null,
  show: "swipe",
};

const oneOf = <T extends string>(options: readonly T[], text: string | null): T | null =>
  options.find((option) => option === text) ?? null;

export function hashOf(view: View): string {
  const query = new URLSearchParams();
  if (view.plan !== null) query.set("plan", view.plan);
  if (view.area !== null) query.set("in", view.area);
  if (view.mine !== null) query.set("mine", view.mine);
  if (view.selection !== null) query.set(view.selection.kind, view.selection.code);
  if (view.paint !== null) query.set("paint", view.paint);
  if (view.findings !== null) query.set("list", view.findings);
  if (view.at !== null) query.set("at", view.at);
  if (view.against !== null) {
    query.set("against", view.against);
    query.set("show", view.show);
  }
  if (view.camera !== null) {
    const { at, zoom } = view.camera;
    query.set("map", `${zoom.toFixed(2)}/${at[0].toFixed(5)}/${at[1].toFixed(5)}`);
  }
  const tail = query.toString().replaceAll("%2F", "/");
  return `#/${view.workspace}${tail === "" ? "" : `?${tail}`}`;
}

/** Reads any hash; what it does not understand falls back to the first view. */
export function viewOf(hash: string): View {
  const [path = "", tail = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const query = new URLSearchParams(tail);
  const selected = (["grid", "building"] as const).find((kind) => query.get(kind));
  return {
    workspace: oneOf(WORKSPACES, path) ?? firstView.workspace,
    plan: query.get("plan"),
    area: query.get("in"),
    mine: query.get("mine"),
    selection: selected === undefined ? null : { kind: selected, code: query.get(selected) ?? "" },
    paint: oneOf(PAINTS, query.get("paint")),
    camera: cameraOf(query.get("map")),
    findings: query.get("list"),
    at: dayIn(query.get("at")),
    against: query.get("plan") === null ? null : query.get("against"),
    show: oneOf(SHOWS, query.get("show")) ?? firstView.show,
  };
}

const dayIn = (text: string | null): string | null => (text !== null && isDay(text) ? text : null);

function cameraOf(text: string | null): Camera | null {
  const [zoom, lon, lat] = (text ?? "").split("/").map(Number.parseFloat);
  if (zoom === undefined || lon === undefined || lat === undefined) return null;
  const sane = zoom >= 0 && zoom <= 24 && Math.abs(lon) <= 180 && Math.abs(lat) <= 85;
  return sane ? { at: [lon, lat], zoom } : null;
}

/** The same view but for the camera: moving the map makes no new entry in the history. */
export const sameButCamera = (a: View, b: View): boolean =>
  hashOf({ ...a, camera: null }) === hashOf({ ...b, camera: null });
