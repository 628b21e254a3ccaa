// The signs of stations as paths in a box of 16: the legend draws them, the map draws the same shapes in pixels.

import type { StationKind } from "./register";

export const SIGNS: Record<StationKind, { path: string; hollow: boolean }> = {
  service_centre: { path: "M3 3h10v10H3z", hollow: false },
  workstation: { path: "M8 3a5 5 0 1 0 .01 0z", hollow: false },
  service_point: { path: "M8 2l6 6-6 6-6-6z", hollow: false },
  venue: { path: "M8 2.5l6 10.5H2z", hollow: false },
  other: { path: "M8 3a5 5 0 1 0 .01 0z", hollow: true },
};
