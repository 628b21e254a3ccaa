// The loop: dispatch(action) → update → render. `current` is the only variable of the page that changes;
// effects go out here and come back as actions.

import { createSubscriber } from "svelte/reactivity";
import type { MapHandle, Padding } from "./map/mount";
import type { Action, Answered, Effect, Send } from "./model/action";
import { besideState } from "./model/compare";
import type { Job } from "./model/division";
import type { Pending } from "./model/edits";
import type { LonLat } from "./model/place";
import { atOf, planOf } from "./model/select";
import type { Device, Lang, State, Theme } from "./model/state";
import { firstState } from "./model/state";
import { update } from "./model/update";
import { hashOf, viewOf } from "./model/view";
import { answer, inspect, type Reply, sendFile, type Upload, unreachable } from "./wire/api";
import * as desk from "./wire/desk";
import { keptQueue, keptText } from "./wire/drafts";
import { listen } from "./wire/events";
import { previews, teller } from "./wire/pace";

const NARROW = "(max-width: 720px)";
const DARK = "(prefers-color-scheme: dark)";

export type App = {
  /** The state in force; reading it inside a component subscribes that component. */
  readonly state: State;
  /** The same without subscribing, for what runs outside components. */
  now(): State;
  send: Send;
  /** Hands over the map once it exists. */
  attach(map: MapHandle, padding: () => Padding): void;
  /** Hands over the map at the left of a comparison; null when it is gone. */
  attachBeside(map: MapHandle | null): void;
  /** The pointer is at a place; null when it left the map. */
  pointer(at: LonLat | null): void;
  start(): void;
};

export function createApp(): App {
  let current = firstState(viewOf(location.hash), device());
  let map: MapHandle | null = null;
  let beside: MapHandle | null = null;
  let paddingOf: () => Padding = () => ({ top: 0, right: 0, bottom: 0, left: 0 });
  let redraw = () => {};
  const subscribe = createSubscriber((changed) => {
    redraw = changed;
    return () => {
      redraw = () => {};
    };
  });
  const uploads = new Map<number, Upload<unknown>>();
  let hangUp = () => {};
  const who = () => ({ name: current.bench.name, lang: current.lang });
  const presence = teller(who);
  const foresee = previews(who, (preview) => send({ of: "draft", do: "previewed", preview }));

  const send: Send = (action: Action) => {
    const [next, effects] = update(current, action);
    if (next !== current) {
      current = next;
      wear(current);
      redraw();
      map?.draw(current);
      beside?.draw(besideState(current));
    }
    for (const effect of effects) carryOut(effect);
    presence.look(current);
  };

  function thread(plan: string): void {
    hangUp();
    hangUp = listen(plan, current.bench.name, {
      open: () => send({ do: "live", to: "open" }),
      lost: () => send({ do: "live", to: "lost" }),
      change: (change) => send({ do: "change", change, at: Date.now() }),
      resync: () => send({ do: "resync" }),
      presence: (planner) => {
        if (planner.client !== current.bench.client && planner.plan === planOf(current.view))
          send({ of: "draft", do: "presence", planner, at: Date.now() });
      },
    });
  }

  function carryOut(effect: Effect): void {
    switch (effect.do) {
      case "ask": {
        const { ask } = effect;
        const shown = { plan: planOf(current.view), at: atOf(current.view) };
        answer(ask, shown, who()).then((reply) => {
          // Another plan or day has come into view meanwhile: it has asked for its own.
          if (OF_PLAN.has(ask.what) && planOf(current.view) !== shown.plan) return;
          if (OF_DAY.has(ask.what) && atOf(current.view) !== shown.at) return;
          if (reply.ok)
            send({ do: "answered", what: ask.what, with: ask.with, value: reply.value } as Answered);
          else send({ do: "refused", ask, problem: reply.problem });
        });
        return;
      }
      case "address": {
        const hash = hashOf(effect.view);
        if (hash === location.hash) return;
        if (effect.push) history.pushState(null, "", hash);
        else history.replaceState(null, "", hash);
        return;
      }
      case "fly":
        map?.fly(effect.to, paddingOf());
        return;
      case "refresh":
        map?.refresh(effect.boxes);
        return;
      case "keep":
        keep(effect.key, effect.value);
        return;
      case "thread":
        thread(effect.plan);
        return;
      case "startDraft": {
        const { areas } = effect;
        desk.startDraft(effect, who()).then((reply) => {
          if (reply.ok) send({ of: "draft", do: "started", plan: reply.value, areas });
          else send({ of: "draft", do: "startFailed", problem: reply.problem });
        });
        return;
      }
      case "preview":
        foresee(effect);
        return;
      case "post": {
        const { plan, pending } = effect;
        desk.sendPending(plan, pending, who()).then((reply) => {
          if (planOf(current.view) !== plan) return;
          if (reply.ok) send({ of: "draft", do: "outcome", id: pending.id, outcome: reply.value });
          else send({ of: "draft", do: "unsent", id: pending.id, problem: reply.problem });
        });
        return;
      }
      case "deed": {
        const { plan, deed, base } = effect;
        work(({ carryOut }) => carryOut(plan, deed, base, who())).then((reply) => {
          if (planOf(current.view) !== plan) return;
          if (reply.ok) send({ of: "life", do: "done", deed, came: reply.value });
          else send({ of: "life", do: "failed", deed, problem: reply.problem });
        });
        return;
      }
      case "divide":
        work(({ divisions }) => divisions.begin(effect.plan, effect.wish, who())).then(jobTold);
        return;
      case "mend": {
        const { plan, wish } = effect;
        work(({ mending }) => mending.ask(plan, wish, who())).then((reply) => {
          if (reply.ok) send({ of: "mend", do: "found", wish, found: reply.value });
          else send({ of: "mend", do: "failed", wish, problem: reply.problem });
        });
        return;
      }
      case "survey":
        work(({ divisions }) => divisions.survey(effect.plan, effect.area, effect.wish, who())).then(jobTold);
        return;
      case "watchJob":
        setTimeout(
          () => work(({ divisions }) => divisions.watch(effect.id, effect.cells, who())).then(jobTold),
          effect.ms,
        );
        return;
      case "stopJob":
        work(({ divisions }) => divisions.stop(effect.id, who())).then(jobTold);
        return;
      case "acceptJob": {
        const { plan, id, communities, edit } = effect;
        work(({ divisions }) => divisions.accept(id, communities, edit, who())).then((reply) => {
          if (planOf(current.view) !== plan) return;
          if (!reply.ok) return send({ of: "divide", do: "failed", problem: reply.problem });
          send({ of: "draft", do: "outcome", id: edit, outcome: reply.value });
          send({ of: "divide", do: "accepted", communities });
        });
        return;
      }
      case "keepQueue":
        keepQueue(effect.plan, effect.queue);
        return;
      case "recall":
        send({
          of: "draft",
          do: "recalled",
          plan: effect.plan,
          queue: recalled(effect.plan),
        });
        return;
      case "wait":
        setTimeout(() => send(effect.next), effect.ms);
        return;
      case "inspect": {
        const { job } = effect;
        follow(job, inspect(effect.file, current.lang), (inspection) => ({
          do: "inspected",
          job,
          inspection,
        }));
        return;
      }
      case "send": {
        const { job, file, choices, dry } = effect;
        const progress = (part: number) => send({ do: "progress", job, part });
        follow(job, sendFile(file, choices, dry, current.lang, progress), (report) => ({
          do: "sent",
          job,
          report,
        }));
        return;
      }
      case "cancel":
        uploads.get(effect.job)?.cancel();
        uploads.delete(effect.job);
    }
  }

  function jobTold(reply: Reply<Job>): void {
    if (reply.ok) send({ of: "divide", do: "job", job: reply.value });
    else send({ of: "divide", do: "failed", problem: reply.problem });
  }

  /** Each page keeps its own work, so that two of them in one browser do not overwrite each other. */
  function keepQueue(plan: string, queue: Pending[]): void {
    const key = `queue.${plan}.${current.bench.client}`;
    if (queue.length === 0) forget(key);
    else keep(key, keptText(queue));
  }

  /** Work that any page of this browser left behind; where that page still lives, the ids say it is the same. */
  function recalled(plan: string): Pending[] {
    const own = `queue.${plan}.${current.bench.client}`;
    const keys = keptKeys(`queue.${plan}.`).filter((key) => key !== own);
    const queue = keys.flatMap((key) => keptQueue(kept(key)));
    keep(own, keptText(queue));
    for (const key of keys) forget(key);
    return queue;
  }

  function follow<T>(job: number, upload: Upload<T>, done: (value: T) => Action): void {
    uploads.set(job, upload);
    upload.reply.then((reply) => {
      if (uploads.get(job) !== upload) return;
      uploads.delete(job);
      send(reply.ok ? done(reply.value) : { do: "jobFailed", job, problem: reply.problem });
    });
  }

  wear(current);
  return {
    now: () => current,
    get state() {
      subscribe();
      return current;
    },
    send,
    attach(handle, padding) {
      map = handle;
      paddingOf = padding;
      map.draw(current);
    },
    attachBeside(handle) {
      beside = handle;
      beside?.draw(besideState(current));
    },
    pointer: (at) => presence.at(current, at),
    start() {
      send({ do: "start" });
      setInterval(() => {
        presence.beat(current);
        if (current.bench.planners.length > 0) send({ of: "draft", do: "forget", at: Date.now() });
      }, 8000);
      addEventListener("pagehide", () => presence.leave(current));
      const look = () =>
        send({ do: "device", prefersDark: matchMedia(DARK).matches, narrow: matchMedia(NARROW).matches });
      matchMedia(DARK).addEventListener("change", look);
      matchMedia(NARROW).addEventListener("change", look);
      addEventListener("popstate", () => send({ do: "visited", view: viewOf(location.hash) }));
    },
  };
}

/** Asks what only an opened plan asks; a chunk that does not come is a server out of reach. */
const work = <T>(ask: (wire: typeof import("./wire/work")) => Promise<Reply<T>>): Promise<Reply<T>> =>
  import("./wire/work").then(ask, () => ({ ok: false, problem: unreachable() }));

/** What belongs to the day on show without naming it. */
const OF_DAY: ReadonlySet<string> = new Set([
  "areas",
  "grids",
  "tallies",
  "findings",
  "findingList",
  "grid",
  "buildings",
  "outline",
]);

/** What belongs to the plan on show without naming it. */
const OF_PLAN: ReadonlySet<string> = new Set([
  "plan",
  "grids",
  "tallies",
  "breaks",
  "grid",
  "buildings",
  "outline",
]);

/** The theme stands on the document before anything is drawn: page and map read their colours from there. */
function wear(state: State): void {
  const theme = state.dark ? "dark" : "light";
  const { dataset } = document.documentElement;
  if (dataset.theme !== theme) dataset.theme = theme;
}

function device(): Device {
  const lang = kept("lang");
  const theme = kept("theme");
  return {
    lang: lang === "zh" || lang === "en" ? lang : browserLang(),
    theme: theme === "light" || theme === "dark" ? theme : ("auto" satisfies Theme),
    prefersDark: matchMedia(DARK).matches,
    narrow: matchMedia(NARROW).matches,
    webgl: hasWebGL2(),
    mine: kept("mine") || null,
    client: crypto.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`,
    name: kept("name") ?? "",
  };
}

const browserLang = (): Lang => (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

function hasWebGL2(): boolean {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}

/** Storage may be forbidden; then the page simply remembers nothing. */
function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`lifang.${key}`, value);
  } catch {
    return;
  }
}

function forget(key: string): void {
  try {
    localStorage.removeItem(`lifang.${key}`);
  } catch {
    return;
  }
}

function keptKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(`lifang.${prefix}`))
      .map((key) => key.slice("lifang.".length));
  } catch {
    return [];
  }
}

function kept(key: string): string | null {
  try {
    return localStorage.getItem(`lifang.${key}`);
  } catch {
    return null;
  }
}
