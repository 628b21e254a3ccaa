// The tool one has in hand when none is chosen: it looks. Moving tells what lies below, a press chooses it.

import type { Send } from "../model/action";
import type { MapSurface, Picked, Pixel, Tool } from "../model/surface";

const same = (a: Picked | null, b: Picked | null): boolean =>
  a?.thing.kind === b?.thing.kind && a?.thing.id === b?.thing.id && a?.beside === b?.beside;

/** `pointing` says whether the page waits for a place rather than a thing. */
export function browse(surface: MapSurface, send: Send, pointing: () => boolean): Tool {
  let under: Picked | null = null;
  const tell = (picked: Picked | null, at: Pixel) => {
    const thing = same(picked, under) ? (under?.thing ?? null) : (picked?.thing ?? null);
    under = picked === null || thing === null ? null : { ...picked, thing };
    send({
      do: "hover",
      hover: under && {
        thing: under.thing,
        at,
        name: under.name || under.code,
        ...(under.beside ? { beside: true } : {}),
      },
    });
  };
  return {
    on(event) {
      if (event.kind === "leave") {
        if (under !== null) send({ do: "hover", hover: null });
        under = null;
        return false;
      }
      if (event.kind !== "move" && event.kind !== "click") return false;
      const picked = surface.pick(event.pixel);
      if (event.kind === "click") {
        // A finger does not hover: a station says what it is when it is pressed, until the next press.
        if (picked?.thing.kind === "station" && !pointing()) tell(picked, event.pixel);
        else if (under?.thing.kind === "station") tell(null, event.pixel);
        send({ do: "press", picked, at: event.at, zoom: surface.zoom() });
        return false;
      }
      surface.cursor(pointing() ? "crosshair" : picked === null ? "" : "pointer");
      if (picked === null && under === null) return false;
      tell(picked, event.pixel);
      return false;
    },
    exit() {
      if (under !== null) send({ do: "hover", hover: null });
      under = null;
    },
  };
}
