// Questions to the server. Every one ends as a decoded value or as a `Problem`; nothing throws past here.

import type { Answers, Ask, What } from "../model/action";
import type { Inspection, Problem, Report } from "../model/register";
import type { Choices, Lang } from "../model/state";
import * as compare from "./compare";
import { Node, WireError } from "./decode";
import * as drafts from "./drafts";
import * as life from "./life";
import * as twins from "./twins";
import { headersOf, type Who } from "./who";

export type Reply<T> = { ok: true; value: T } | { ok: false; problem: Problem };

const problemOf = (code: string, status = 0, detail = ""): Problem => ({
  status,
  code,
  title: "",
  detail,
  issues: [],
});

export const unreachable = (): Problem => problemOf("page.no-connection");

const part = encodeURIComponent;
const query = (fields: Record<string, string | number | null>): string => {
  const pairs = Object.entries(fields).flatMap(([key, value]) =>
    value === null ? [] : [[key, String(value)]],
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
};

/** What is on show, for what belongs to a plan and a day without naming them. */
export type Shown = { plan: string; at: string | null };

function pathOf(ask: Ask, { plan: shown, at }: Shown): string {
  const plan = `/api/v1/plans/${part(shown)}`;
  const of = (id: string) => `/api/v1/plans/${part(id)}`;
  switch (ask.what) {
    case "me":
      return "/api/v1/me";
    case "plan":
      return plan;
    case "areas":
      return `/api/v1/areas${query({ at })}`;
    case "grids":
      return `${plan}/grids${query({ at })}`;
    case "tallies":
      return `${plan}/tallies${query({ at })}`;
    case "breaks":
      return `${plan}/classes?measure=households&n=6`;
    case "stations":
      return `/api/v1/stations${query({ at })}`;
    case "findings":
      return `/api/v1/findings${query({ area: ask.with.area, limit: 1, at })}`;
    case "findingList":
      return `/api/v1/findings${query({ ...ask.with, limit: 200, at })}`;
    case "grid":
      return `${plan}/grids/${part(ask.with.grid)}${query({ at })}`;
    case "buildings":
      return `${plan}/grids/${part(ask.with.grid)}/buildings${query({ at })}`;
    case "building":
      return `/api/v1/buildings/${part(ask.with.building)}`;
    case "outline":
      return `${plan}/grids${query({ community: ask.with.community, at })}`;
    case "imports":
      return "/api/v1/imports";
    case "report":
      return `/api/v1/imports/${part(ask.with.id)}`;
    case "search":
      return `/api/v1/search${query({ q: ask.with.query, limit: 20 })}`;
    case "plans":
      return "/api/v1/plans";
    case "fabric":
      return `${of(ask.with.plan)}/fabric${query({ community: ask.with.community })}`;
    case "history":
      return `${of(ask.with.plan)}/history`;
    case "checks":
    case "comments":
      return `${of(ask.with.plan)}/${ask.what}`;
    case "rebase":
      return `${of(ask.with.plan)}/rebase/preview`;
    case "diff":
    case "moves":
      return `${of(ask.with.plan)}/diff${query({ against: ask.with.against })}`;
    case "beside":
      return `${of(ask.with.plan)}/grids`;
    case "timeline":
      return "/api/v1/timeline";
    case "eras":
      return ask.with.kind === "border"
        ? `/api/v1/history/border${query({ lon: ask.with.at[0].toFixed(7), lat: ask.with.at[1].toFixed(7) })}`
        : `/api/v1/history/${ask.with.kind}${query({ code: ask.with.code })}`;
    case "locate":
      return `/api/v1/locate${query({ lon: ask.with.at[0].toFixed(7), lat: ask.with.at[1].toFixed(7), at })}`;
  }
}

const READ: { [W in What]: (node: Node, ask: Ask) => Answers[W] } = {
  me: twins.me,
  plan: twins.plan,
  areas: twins.areas,
  grids: twins.grids,
  tallies: twins.tallies,
  breaks: twins.breaks,
  stations: twins.stations,
  findings: twins.findings,
  findingList: twins.findings,
  grid: twins.gridDetail,
  buildings: twins.buildings,
  building: twins.buildingDetail,
  outline: (node, ask) => twins.outline(node, ask.what === "outline" ? ask.with.grid : ""),
  imports: twins.imports,
  report: twins.report,
  search: twins.hits,
  locate: twins.located,
  plans: twins.plans,
  fabric: drafts.fabric,
  history: drafts.history,
  checks: life.checks,
  comments: life.comments,
  rebase: life.rebase,
  diff: compare.diff,
  moves: compare.moves,
  beside: twins.grids,
  timeline: life.timeline,
  eras: life.eras,
};

/** Asked for as shapes rather than rows. */
const SHAPES: ReadonlySet<What> = new Set(["outline", "moves"]);

/** Asks and decodes. A reply of the wrong shape is a problem named `page.wrong-reply`. */
export async function answer(ask: Ask, shown: Shown, who: Who): Promise<Reply<Answers[What]>> {
  const headers = {
    ...headersOf(who),
    Accept: SHAPES.has(ask.what) ? "application/geo+json" : "application/json",
  };
  // A preview computes and changes nothing, yet it is posted.
  const settle = ask.what === "rebase" ? (ask.with.settle ?? []) : [];
  const posted = {
    method: "POST",
    body: JSON.stringify({ settle }),
    headers: { ...headers, "Content-Type": "application/json" },
  };
  let response: Response;
  try {
    response = await fetch(pathOf(ask, shown), ask.what === "rebase" ? posted : { headers });
  } catch {
    return { ok: false, problem: unreachable() };
  }
  const text = await response.text().catch(() => "");
  return read(response.status, text, (node) => READ[ask.what](node, ask));
}

/** A status and a body into a value or a problem. */
export function read<T>(status: number, text: string, decode: (node: Node) => T): Reply<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const code = status >= 400 ? `http.${status}` : "page.wrong-reply";
    return { ok: false, problem: problemOf(code, status) };
  }
  try {
    if (status >= 400) return { ok: false, problem: twins.problem(new Node(json), status) };
    return { ok: true, value: decode(new Node(json)) };
  } catch (error) {
    const detail = error instanceof WireError ? error.message : "";
    return { ok: false, problem: problemOf("page.wrong-reply", status, detail) };
  }
}

export type Upload<T> = { reply: Promise<Reply<T>>; cancel: () => void };

/** Sends a form with progress (0 to 1 while it goes up; the server's own work has no figure). */
function upload<T>(
  path: string,
  form: FormData,
  lang: Lang,
  decode: (node: Node) => T,
  onProgress: (part: number) => void,
): Upload<T> {
  const request = new XMLHttpRequest();
  const reply = new Promise<Reply<T>>((resolve) => {
    request.open("POST", path);
    request.setRequestHeader("Accept-Language", lang);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => resolve(read(request.status, request.responseText, decode));
    request.onerror = () => resolve({ ok: false, problem: unreachable() });
    request.onabort = () => resolve({ ok: false, problem: problemOf("page.cancelled") });
    request.send(form);
  });
  return { reply, cancel: () => request.abort() };
}

export function inspect(file: File, lang: Lang): Upload<Inspection> {
  const form = new FormData();
  form.append("file", file, file.name);
  return upload("/api/v1/imports/auto/inspect", form, lang, twins.inspection, () => {});
}

export function sendFile(
  file: File,
  choices: Choices,
  dry: boolean,
  lang: Lang,
  onProgress: (part: number) => void,
): Upload<Report> {
  const form = new FormData();
  form.append("datum", choices.datum);
  if (choices.community !== "") form.append("community", choices.community);
  const columns = Object.entries(choices.columns).flatMap(([field, header]) =>
    header === "" ? [] : [`${field}=${header}`],
  );
  if (columns.length > 0) form.append("columns", columns.join(","));
  if (dry) form.append("dry_run", "true");
  form.append("file", file, file.name);
  return upload(`/api/v1/imports/${part(choices.kind)}`, form, lang, twins.report, onProgress);
}
