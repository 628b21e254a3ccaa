// The live thread: server-sent events of the plan in force. The browser reconnects by itself; after every
// reconnection the page asks for everything again, because it cannot know what it missed.

import type { Change } from "../model/register";
import { Node } from "./decode";
import * as twins from "./twins";

export type Listener = {
  open: () => void;
  lost: () => void;
  change: (change: Change) => void;
  resync: () => void;
};

/** Opens the thread; the returned function closes it. */
export function listen(to: Listener): () => void {
  let source: EventSource;
  let before = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const connect = () => {
    source = new EventSource("/api/v1/events?plan=current");
    source.onopen = () => {
      to.open();
      if (before) to.resync();
      before = true;
    };
    source.onerror = () => {
      to.lost();
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, 3000);
    };
    source.addEventListener("resync", () => to.resync());
    source.addEventListener("change", (event) => {
      const change = read((event as MessageEvent<string>).data);
      if (change === null) to.resync();
      else to.change(change);
    });
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** A message that cannot be read is a gap like any other: the caller asks for everything. */
export function read(data: string): Change | null {
  try {
    return twins.change(new Node(JSON.parse(data)));
  } catch {
    return null;
  }
}
