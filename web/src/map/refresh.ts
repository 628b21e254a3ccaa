// After a change only the visible tiles it touched are asked for again. MapLibre skips tiles that are cached off
// view (the map runs without that cache) and tiles still on their way (asked once more when the map rests).

import type { Map as MapLibre } from "maplibre-gl";
import type { Box } from "../model/place";
import { touchedTiles } from "../model/tiles";
import { MAX_TILE_ZOOM, MIN_ZOOM, TILES } from "./layers/source";

export function refresh(map: MapLibre, boxes: readonly Box[] | null): void {
  const now = () => {
    const tiles = boxes === null ? null : inView(map, boxes);
    if (tiles === null) map.refreshTiles(TILES);
    else if (tiles.length > 0) map.refreshTiles(TILES, tiles);
  };
  const onTheirWay = !map.areTilesLoaded();
  now();
  if (onTheirWay) map.once("idle", now);
}

function inView(map: MapLibre, boxes: readonly Box[]) {
  const bounds = map.getBounds();
  const view: Box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  const zoom = Math.floor(map.getZoom());
  const from = Math.min(MAX_TILE_ZOOM, Math.max(MIN_ZOOM, zoom - 3));
  const to = Math.min(MAX_TILE_ZOOM, Math.max(MIN_ZOOM, zoom + 1));
  return touchedTiles(view, boxes, from, to);
}
