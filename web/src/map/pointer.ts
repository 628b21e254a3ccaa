// Mouse, pen and fingers as the few events a tool knows. A press the tool takes holds the map still until it is let
// go; a second finger takes the stroke back and moves the map. The middle or right button always moves the map.

import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from "maplibre-gl";
import type { PointerEventKind, SurfaceEvent } from "../model/surface";
import { Frames } from "./frames";

export function followPointer(map: MapLibre, to: (event: SurfaceEvent) => boolean): () => void {
  const frames = new Frames();
  const container = map.getCanvasContainer();
  let taken = false;
  let touched = 0;
  let alt = false;

  const told = (kind: PointerEventKind, x: number, y: number, touch: boolean): boolean => {
    const { lng, lat } = map.unproject([x, y]);
    return frames.timed(() => to({ kind, pixel: [x, y], at: [lng, lat], alt, touch }));
  };
  const place = (event: { clientX: number; clientY: number }): [number, number] => {
    const box = container.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const end = () => {
    taken = false;
    frames.end();
  };

  map.on("mousemove", (event: MapMouseEvent) => {
    alt = event.originalEvent.altKey;
    if (!taken) told("move", event.point.x, event.point.y, false);
  });
  map.on("mouseout", () => {
    if (!taken) told("leave", 0, 0, false);
  });
  map.on("movestart", () => {
    if (!taken) told("leave", 0, 0, false);
  });
  let pressed = false;
  map.on("click", (event: MapMouseEvent) => {
    if (!pressed) told("click", event.point.x, event.point.y, false);
  });
  map.on("mousedown", (event: MapMouseEvent) => {
    pressed = false;
    if (event.originalEvent.button !== 0) return pan(event.originalEvent);
    if (Date.now() - touched < 600) return;
    alt = event.originalEvent.altKey;
    if (!told("down", event.point.x, event.point.y, false)) return;
    event.preventDefault();
    taken = true;
    pressed = true;
    frames.begin();
  });
  const move = (event: MouseEvent) => {
    if (taken && touched === 0) told("drag", ...place(event), false);
  };
  const up = (event: MouseEvent) => {
    if (!taken || touched !== 0 || event.button !== 0) return;
    told("up", ...place(event), false);
    end();
  };
  addEventListener("mousemove", move);
  addEventListener("mouseup", up);

  map.on("touchstart", (event: MapTouchEvent) => {
    const { x, y } = event.point;
    pressed = false;
    if (event.points.length > 1) {
      if (taken) told("cancel", x, y, true);
      return end();
    }
    alt = false;
    if (!told("down", x, y, true)) return;
    event.preventDefault();
    taken = true;
    pressed = true;
    touched = Date.now();
    frames.begin();
  });
  map.on("touchmove", (event: MapTouchEvent) => {
    if (taken && event.points.length === 1) told("drag", event.point.x, event.point.y, true);
  });
  map.on("touchend", (event: MapTouchEvent) => {
    if (!taken) return;
    told("up", event.point.x, event.point.y, true);
    end();
    const then = Date.now();
    touched = then;
    setTimeout(() => {
      if (touched === then) touched = 0;
    }, 600);
  });
  map.on("touchcancel", () => {
    if (taken) told("cancel", 0, 0, true);
    end();
    touched = 0;
  });

  /** Moves the map whatever the tool. */
  function pan(start: MouseEvent): void {
    let [x, y] = [start.clientX, start.clientY];
    const drag = (event: MouseEvent) => {
      map.panBy([x - event.clientX, y - event.clientY], { duration: 0 });
      [x, y] = [event.clientX, event.clientY];
    };
    const stop = () => {
      removeEventListener("mousemove", drag);
      removeEventListener("mouseup", stop);
    };
    addEventListener("mousemove", drag);
    addEventListener("mouseup", stop);
  }
  container.addEventListener("contextmenu", (event) => event.preventDefault());

  return () => {
    removeEventListener("mousemove", move);
    removeEventListener("mouseup", up);
  };
}
