// The live thread: server-sent events of the plan on show. The browser reconnects by itself; after every
// reconnection the page asks for everything again, because it cannot know what it missed.

import type { Change, Planner } from "../model/register";
import { Node } from "./decode";
import * as drafts from "./drafts";
import * as twins from "./twins";

export type Listener = {
  open: () => void;
  lost: () => void;
  change: (change: Change) => void;
  resync: () => void;
  presence: (planner: Omit<Planner, "seen">) => void;
};

/** Opens the thread; the returned function closes it. */
export function listen(plan: string, actor: string, to: Listener): () => void {
  const query = new URLSearchParams({ plan, ...(actor === "" ? {} : { actor }) });
  let source: EventSource;
  let before = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const connect = () => {
    source = new EventSource(`/api/v1/events?${query}`);
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
    source.addEventListener("presence", (event) => {
      const planner = readPresence((event as MessageEvent<string>).data);
      if (planner !== null) to.presence(planner);
    });
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** Where somebody works; a message that cannot be read says nothing. */
function readPresence(data: string): Omit<Planner, "seen"> | null {
  try {
    return drafts.presence(new Node(JSON.parse(data)));
  } catch {
    return null;
  }
}

/** A message that cannot be read is a gap like any other: the caller asks for everything. */
export function read(data: string): Change | null {
  try {
    return twins.change(new Node(JSON.parse(data)));
  } catch {
    return null;
  }
}
