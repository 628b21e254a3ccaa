// Places as the page knows them: degrees, longitude first (EPSG:4326 numbers).
// Only looking happens here; exact geometry stays on the server.

export type LonLat = readonly [lon: number, lat: number];
/** West, south, east, north. */
export type Box = readonly [number, number, number, number];

export type Geometry =
  | { type: "Point"; coordinates: number[] }
  | { type: "MultiPoint" | "LineString"; coordinates: number[][] }
  | { type: "Polygon" | "MultiLineString"; coordinates: number[][][] }
  | { type: "MultiPolygon"; coordinates: number[][][][] };

export const boxesMeet = (a: Box, b: Box): boolean =>
  a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];

export const boxUnion = (a: Box | null, b: Box): Box =>
  a === null ? b : [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];

/** Every position of a geometry, whatever its depth. */
export function positionsOf(geometry: Geometry): LonLat[] {
  const found: LonLat[] = [];
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [lon, lat] = part;
    if (typeof lon === "number" && typeof lat === "number") found.push([lon, lat]);
    else for (const inner of part) walk(inner);
  };
  walk(geometry.coordinates);
  return found;
}

export function boxOf(geometry: Geometry): Box | null {
  let box: Box | null = null;
  for (const [lon, lat] of positionsOf(geometry)) box = boxUnion(box, [lon, lat, lon, lat]);
  return box;
}

/** Metres one screen pixel covers, for 512-pixel tiles. */
export const metresPerPixel = (lat: number, zoom: number): number =>
  (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);

/** The longest round distance (1, 2 or 5 times a power of ten) that fits in `pixels`. */
export function scaleBar(lat: number, zoom: number, pixels: number): { metres: number; pixels: number } {
  const perPixel = metresPerPixel(lat, zoom);
  const most = perPixel * pixels;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((step) => step * power).find((step) => step <= most) ?? power;
  return { metres, pixels: metres / perPixel };
}
