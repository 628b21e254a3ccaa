// Makes the map and keeps MapLibre to itself: outside this folder there is only `MapHandle`.

import { type MapGeoJSONFeature, Map as MapLibre, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import type { Box, LonLat } from "../model/place";
import type { State, Target } from "../model/state";
import type { MapSurface, Picked, Pixel, SurfaceEvent } from "../model/surface";
import type { Camera } from "../model/view";
import { DraftSync } from "./drafting";
import { readPalette } from "./palette";
import { followPointer } from "./pointer";
import { refresh } from "./refresh";
import { SketchPad } from "./sketch";
import { styleOf } from "./style";
import { Sync } from "./sync";

setWorkerUrl(workerUrl);

export type Padding = { top: number; right: number; bottom: number; left: number };

export type MapHandle = {
  surface: MapSurface;
  draw(state: State): void;
  fly(to: Target, padding: Padding): void;
  zoomBy(step: number): void;
  refresh(boxes: readonly Box[] | null): void;
  /** A second map in another element that looks where this one looks. */
  beside(container: HTMLElement, format: () => Intl.NumberFormat): MapHandle;
  /** The map as it stands, on a canvas that can be printed. */
  picture(): HTMLCanvasElement;
  remove(): void;
};

export type MapListener = {
  ready: () => void;
  /** True when a press is taken: the map stays put until it is let go. */
  pointer: (event: SurfaceEvent) => boolean;
  moved: (camera: Camera, byHand: boolean) => void;
};

const KIND_OF_LAYER: Record<string, Picked["thing"]["kind"]> = {
  station: "station",
  building: "building",
  "building-point": "building",
  gap: "gap",
  grid: "grid",
  area: "area",
};
/** Uppermost first: a station hides its building, a building hides its grid, a grid its community. */
const ORDER = ["station", "building-point", "building", "gap", "grid", "area"];

const pickedOf = (feature: MapGeoJSONFeature): Picked | null => {
  const kind = KIND_OF_LAYER[feature.layer.id];
  if (kind === undefined || typeof feature.id !== "number") return null;
  const { code, name } = feature.properties as { code?: string; name?: string };
  return { thing: { kind, id: feature.id }, code: code ?? "", name: name ?? "" };
};

export const mount = (
  container: HTMLElement,
  camera: Camera | null,
  format: () => Intl.NumberFormat,
  to: MapListener,
): MapHandle => mounted(container, camera, format, to, true).handle;

function mounted(
  container: HTMLElement,
  camera: Camera | null,
  format: () => Intl.NumberFormat,
  to: MapListener,
  interactive: boolean,
): { map: MapLibre; handle: MapHandle } {
  const map = new MapLibre({
    container,
    style: styleOf(readPalette(), location.origin),
    center: camera ? [camera.at[0], camera.at[1]] : [109.6, 38.9],
    zoom: camera?.zoom ?? 12,
    minZoom: 3,
    maxZoom: 21,
    maxTileCacheSize: 0,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 120,
    interactive,
    refreshExpiredTiles: false,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  let sync: Sync | null = null;
  let latest: State | null = null;
  map.once("style.load", () => {
    sync = new Sync(map, format, new DraftSync(map, pad));
    if (latest !== null) sync.draw(latest);
    to.ready();
  });

  const pad = new SketchPad(map);
  const unfollow = followPointer(map, to.pointer);
  map.on("moveend", (event) => {
    const center = map.getCenter();
    to.moved({ at: [center.lng, center.lat], zoom: map.getZoom() }, Boolean(event.originalEvent));
  });
  const busy = (on: boolean) => () => container.setAttribute("aria-busy", String(on));
  map.on("movestart", busy(true));
  map.on("dataloading", busy(true));
  map.on("idle", busy(false));
  const watch = new ResizeObserver(() => map.resize());
  watch.observe(container);

  const handle: MapHandle = {
    surface: {
      pick: (pixel) => {
        const layers = ORDER.filter((id) => map.getLayer(id));
        const found = map.queryRenderedFeatures([pixel[0], pixel[1]], { layers });
        found.sort((a, b) => ORDER.indexOf(a.layer.id) - ORDER.indexOf(b.layer.id));
        return found[0] === undefined ? null : pickedOf(found[0]);
      },
      zoom: () => map.getZoom(),
      cursor: (name) => {
        map.getCanvas().style.cursor = name;
      },
      project: (at) => {
        const { x, y } = map.project([at[0], at[1]]);
        return [x, y];
      },
      unproject: (pixel) => {
        const { lng, lat } = map.unproject([pixel[0], pixel[1]]);
        return [lng, lat];
      },
      show: (sketch) => pad.show(sketch),
      edges: (pixel, radius) => buildingEdges(map, pixel, radius),
    },
    draw: (state) => {
      latest = state;
      sync?.draw(state);
    },
    fly: (target, padding) => fly(map, target, padding),
    zoomBy: (step) => map.zoomTo(map.getZoom() + step, { duration: 150 }),
    refresh: (boxes) => refresh(map, boxes),
    beside: (element, numbers) => beside(map, element, numbers),
    picture: () => pictureOf(map),
    remove: () => {
      watch.disconnect();
      unfollow();
      pad.remove();
      map.remove();
    },
  };
  return { map, handle };
}

/** A map that follows another and is not touched itself. */
function beside(map: MapLibre, container: HTMLElement, format: () => Intl.NumberFormat): MapHandle {
  const { lng, lat } = map.getCenter();
  const quiet = { ready: () => {}, pointer: () => false, moved: () => {} };
  const other = mounted(container, { at: [lng, lat], zoom: map.getZoom() }, format, quiet, false);
  const follow = () => {
    other.map.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
  };
  map.on("move", follow);
  map.on("resize", follow);
  return {
    ...other.handle,
    remove: () => {
      map.off("move", follow);
      map.off("resize", follow);
      other.handle.remove();
    },
  };
}

/** WebGL forgets its picture after each frame, so it is drawn once more and copied at once. */
function pictureOf(map: MapLibre): HTMLCanvasElement {
  map.redraw();
  const source = map.getCanvas();
  const copy = document.createElement("canvas");
  copy.width = source.width;
  copy.height = source.height;
  copy.getContext("2d")?.drawImage(source, 0, 0);
  return copy;
}

/** Outlines of buildings drawn around a pixel. */
function buildingEdges(map: MapLibre, [x, y]: Pixel, radius: number): LonLat[][] {
  if (!map.getLayer("building") || map.getZoom() < 15) return [];
  const box: [[number, number], [number, number]] = [
    [x - radius, y - radius],
    [x + radius, y + radius],
  ];
  return map.queryRenderedFeatures(box, { layers: ["building"] }).flatMap(({ geometry }) => {
    if (geometry.type === "Polygon") return geometry.coordinates as LonLat[][];
    return geometry.type === "MultiPolygon" ? (geometry.coordinates.flat() as LonLat[][]) : [];
  });
}

/** Goes there only as far as needed: what is well in view already does not move the map. */
function fly(map: MapLibre, target: Target, padding: Padding): void {
  const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150;
  const box: Box = "at" in target ? [...target.at, ...target.at] : target.box;
  const closest = "at" in target ? target.zoom : 17.2;
  const isPoint = box[2] - box[0] < 1e-5 && box[3] - box[1] < 1e-5;
  if ("fit" in target && target.fit) {
    map.fitBounds([box[0], box[1], box[2], box[3]], { padding, maxZoom: closest, duration });
    return;
  }
  const near = isPoint ? map.getZoom() >= closest - 1.2 : isLarge(map, box);
  if (near && wellInView(map, box, padding)) return;
  map.fitBounds([box[0], box[1], box[2], box[3]], { padding, maxZoom: closest, duration });
}

function corners(map: MapLibre, box: readonly number[]): [number, number, number, number] {
  const a = map.project([box[0] ?? 0, box[3] ?? 0]);
  const b = map.project([box[2] ?? 0, box[1] ?? 0]);
  return [a.x, a.y, b.x, b.y];
}

function wellInView(map: MapLibre, box: readonly number[], padding: Padding): boolean {
  const [left, top, right, bottom] = corners(map, box);
  const { clientWidth, clientHeight } = map.getContainer();
  return (
    left >= padding.left &&
    top >= padding.top &&
    right <= clientWidth - padding.right &&
    bottom <= clientHeight - padding.bottom
  );
}

function isLarge(map: MapLibre, box: readonly number[]): boolean {
  const [left, top, right, bottom] = corners(map, box);
  const { clientWidth, clientHeight } = map.getContainer();
  return Math.max((right - left) / clientWidth, (bottom - top) / clientHeight) > 0.16;
}
