// Divisions asked for, watched, stopped and accepted.

import type { Best, Certificate, Job, Judged, Part, Proposal, Spread, Survey, Wish } from "../model/division";
import type { Outcome } from "../model/edits";
import type { Reply } from "./api";
import type { Node } from "./decode";
import { post, sent } from "./desk";
import * as drafts from "./drafts";
import { geometry } from "./twins";
import type { Who } from "./who";

const part = (node: Node): Part => ({
  grid: node.get("grid").maybe((code) => code.string()),
  id: node.get("id").maybe((key) => key.integer()),
  name: node.get("name").textOr(),
  weight: node.get("weight").number(),
  households: node.get("households").integer(),
  band: node.get("band").textOr(),
  cells: node.get("cells").list((cell) => cell.integer()),
  areaM2: node.get("area_m2").number(),
  compactness: node.get("compactness").number(),
  barrierShare: node.get("barrier_share").maybe((share) => share.number()),
  station: node.get("station").maybe((station) => station.get("name").string()),
});

const judged = (node: Node): Judged => ({
  grids: node.get("grids").integer(),
  deviationMax: node.get("deviation_max").number(),
  outOfBand: node.get("out_of_band").integer(),
  compactness: node.get("compactness").number(),
  barrierShare: node.get("barrier_share").maybe((share) => share.number()),
});

export const certificate = (node: Node): Certificate => ({
  code: node.get("code").string(),
  message: node.get("message").textOr(),
  weight: node.get("weight").number(),
  place: node.get("place").maybe(geometry),
});

const problem = (node: Node) => ({ code: node.get("code").string(), message: node.get("message").textOr() });

const proposal = (node: Node): Proposal => ({
  code: node.get("code").string(),
  name: node.get("name").textOr(),
  seconds: node.get("seconds").number(),
  division: node.get("division").maybe((division) => ({
    parts: division.get("parts").list(part),
    after: judged(division.get("after")),
    before: division.get("before").maybe(judged),
    bound: division.get("bound").number(),
    households: division.get("households").integer(),
    moved: division.get("moved").integer(),
    same: division.get("same").boolean(),
    cutShort: division.get("cut_short").boolean(),
    reach: division.get("reach").maybe((reach) => ({
      metres: reach.get("metres").number(),
      beyond: reach.get("beyond").integer(),
      missed: reach.get("missed").integer(),
      missedBefore: reach.get("missed_before").maybe((n) => n.integer()),
    })),
  })),
  certificates: node.get("certificates").list(certificate),
  problem: node.get("problem").maybe(problem),
});

const best = (node: Node): Best => ({
  code: node.get("area").string(),
  name: node.get("name").textOr(),
  parts: node.get("parts").integer(),
  deviation: node.get("deviation").number(),
  outside: node.get("outside").integer(),
  round: node.get("round").integer(),
  grids: node.get("grids").maybe((grids) =>
    grids.list((grid) => ({
      id: grid.get("id").maybe((key) => key.integer()),
      weight: grid.get("weight").number(),
      band: grid.get("band").textOr(),
      cells: grid.get("cells").list((cell) => cell.integer()),
    })),
  ),
});

const spread = (node: Node): Spread => ({
  values: node.get("values").list((value) => value.number()),
  present: node.get("present").maybe((value) => value.number()),
  rank: node.get("rank").maybe((rank) => rank.integer()),
});

const surveyOf = (node: Node): Survey => ({
  code: node.get("area").string(),
  kept: node.get("kept").integer(),
  nested: node.get("nested").integer(),
  cutShort: node.get("cut_short").boolean(),
  measures: {
    deviation: spread(node.get("measures").get("deviation")),
    barrierShare: spread(node.get("measures").get("barrier_share")),
    compactness: spread(node.get("measures").get("compactness")),
  },
  problem: node.get("problem").maybe(problem),
});

export const job = (node: Node): Job => ({
  id: node.get("id").integer(),
  kind: node.get("kind").oneOf(["divide", "ensemble"] as const),
  plan: node.get("plan").id(),
  state: node.get("state").oneOf(["waiting", "running", "done", "cancelled", "failed"] as const),
  done: node.get("done").integer(),
  of: node.get("of").integer(),
  communities: node.get("communities").list(proposal),
  best: node.get("best").list(best),
  survey: node.get("ensemble").maybe(surveyOf),
});

const path = (id: number) => `/api/v1/jobs/${id}`;

/** What both kinds of jobs are told of a wish. */
function asked(wish: Wish): object {
  const { target, min, max, isOwnBand, weight, mix, bindEstates, hard, reach, seed } = wish;
  return {
    ...(isOwnBand ? { target, min, max } : {}),
    ...(weight === "mix" ? { mix } : { weight }),
    seed,
    bind_estates: bindEstates,
    hard,
    ...(reach === null ? {} : { reach }),
  };
}

const deed = (plan: string, what: string) => `/api/v1/plans/${encodeURIComponent(plan)}/${what}`;

export const begin = (plan: string, wish: Wish, who: Who): Promise<Reply<Job>> =>
  post(deed(plan, "divide"), { communities: wish.communities, ...asked(wish) }, who, job);

/** Many divisions of one community, to compare with. */
export const survey = (plan: string, area: string, wish: Wish, who: Who): Promise<Reply<Job>> =>
  post(deed(plan, "ensemble"), { area, ...asked(wish) }, who, job);

/** `cells`: the community whose best so far is wanted with its cells, to be drawn. */
export function watch(id: number, cells: string | null, who: Who): Promise<Reply<Job>> {
  const query = cells === null ? "" : `?${new URLSearchParams({ cells })}`;
  return sent("GET", `${path(id)}${query}`, null, who, job);
}

export const stop = (id: number, who: Who): Promise<Reply<Job>> => sent("DELETE", path(id), null, who, job);

export const accept = (id: number, communities: string[], edit: string, who: Who): Promise<Reply<Outcome>> =>
  post(`${path(id)}/accept`, { communities, id: edit }, who, drafts.outcome);
