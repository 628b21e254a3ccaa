// What can happen (`Action`) and what should then be done outside (`Effect`).
// A question goes out as an effect and comes back as an action.

import type { Target as BenchTarget, Preview, Stroke, Tab, ToolName } from "./bench";
import type { Diff, Move } from "./compare";
import type { Day } from "./days";
import type { Job, Wish } from "./division";
import type { Edit, Outcome, Pending, Repair } from "./edits";
import type { Fabric } from "./fabric";
import type { Act, Asked, Check, Checks, Comment, Deed, Era, Life, Rebase, Take } from "./life";
import type { MendWish, Remedies } from "./mending";
import type { Box, LonLat } from "./place";
import type {
  Breaks,
  BuildingDetail,
  Change,
  Code,
  Findings,
  GridDetail,
  Hit,
  ImportEntry,
  Inspection,
  Located,
  Me,
  Past,
  Plan,
  Planner,
  Problem,
  Report,
} from "./register";
import type {
  Areas,
  Buildings,
  Choices,
  Grids,
  Hover,
  Lang,
  Mark,
  Outline,
  Sheet,
  State,
  Stations,
  Tallies,
  Target,
  Theme,
} from "./state";
import type { Picked } from "./surface";
import type { Timeline } from "./timeline";
import type { Camera, Paint, Selection, Show, View, Workspace } from "./view";

/** What each question carries. `again` marks a second try after a reply that was already old. */
export type Questions = {
  me: object;
  plan: object;
  areas: { again?: boolean };
  grids: { again?: boolean };
  tallies: { again?: boolean };
  breaks: object;
  stations: object;
  findings: { area: Code | null };
  findingList: { area: Code | null; code: string; offset: number };
  grid: { grid: Code };
  buildings: { grid: Code };
  building: { building: Code };
  outline: { grid: Code; community: Code };
  imports: object;
  report: { id: string };
  search: { query: string };
  locate: { at: LonLat };
  plans: object;
  fabric: { plan: string; community: Code; again?: boolean };
  history: { plan: string };
  checks: { plan: string };
  comments: { plan: string };
  /** `settle` says what has been chosen so far: further conflicts may follow from it. */
  rebase: { plan: string; settle?: { key: string; take: Take }[] };
  diff: { plan: string; against: string };
  moves: { plan: string; against: string };
  beside: { plan: string };
  timeline: object;
  eras: Asked;
};
export type Answers = {
  me: Me;
  plan: Plan;
  areas: Areas;
  grids: Grids;
  tallies: Tallies;
  breaks: Breaks;
  stations: Stations;
  findings: Findings;
  findingList: Findings;
  grid: GridDetail;
  buildings: Buildings;
  building: BuildingDetail;
  outline: Outline;
  imports: ImportEntry[];
  report: Report;
  search: Hit[];
  locate: Located;
  plans: Plan[];
  fabric: Fabric;
  history: Past[];
  checks: Checks;
  comments: Comment[];
  rebase: Rebase;
  diff: Diff;
  moves: Move[];
  beside: Grids;
  timeline: Timeline;
  eras: Era[];
};
export type What = keyof Questions;
export type Ask = { [W in What]: { what: W; with: Questions[W] } }[What];
export type Answered = {
  [W in What]: { do: "answered"; what: W; with: Questions[W]; value: Answers[W] };
}[What];

export type Action =
  | Answered
  | { do: "refused"; ask: Ask; problem: Problem }
  // the frame
  | { do: "start" }
  | { do: "workspace"; to: Workspace }
  | { do: "visited"; view: View }
  | { do: "lang"; to: Lang }
  | { do: "theme"; to: Theme }
  | { do: "device"; prefersDark: boolean; narrow: boolean }
  | { do: "palette"; open: boolean }
  | { do: "keys"; open: boolean }
  | { do: "drawer"; open: boolean }
  | { do: "sheet"; to: Sheet }
  | { do: "escape" }
  | { do: "retry"; ask: Ask }
  | { do: "search"; query: string }
  // the map
  | { do: "mapReady" }
  | { do: "mapMissing" }
  | { do: "moved"; camera: Camera; byHand: boolean }
  | { do: "hover"; hover: Hover | null }
  | { do: "press"; picked: Picked | null; at: LonLat; zoom: number }
  // what is looked at
  | { do: "scope"; area: Code | null; fly?: boolean }
  | { do: "select"; selection: Selection | null; fly?: boolean }
  | { do: "mine"; grid: Code | null }
  | { do: "pointing"; on: boolean }
  | { do: "hit"; hit: Hit }
  | { do: "paint"; to: Paint }
  | { do: "findings"; code: string | null }
  | { do: "moreFindings" }
  | { do: "mark"; mark: Mark | null }
  | { do: "goTo"; at: LonLat }
  // live
  | { do: "live"; to: "open" | "lost" }
  | { do: "change"; change: Change; at: number }
  | { do: "resync" }
  | { do: "noteRead" }
  // files
  | { do: "dragging"; on: boolean }
  | { do: "dropped"; files: File[] }
  | { do: "inspected"; job: number; inspection: Inspection }
  | { do: "choose"; job: number; choices: Partial<Choices> }
  | { do: "send"; job: number; dry: boolean }
  | { do: "progress"; job: number; part: number }
  | { do: "sent"; job: number; report: Report }
  | { do: "jobFailed"; job: number; problem: Problem }
  | { do: "dismiss"; job: number }
  | { do: "openReport"; id: string | null }
  // divisions
  | ({ of: "divide" } & (
      | { do: "begin"; wish: Wish }
      | { do: "job"; job: Job }
      | { do: "failed"; problem: Problem }
      | { do: "stop" }
      | { do: "drop" }
      | { do: "hide"; on: boolean }
      | { do: "survey"; wish: Wish; area: Code }
      | { do: "endSurvey" }
      | { do: "accept"; communities: Code[] }
      | { do: "accepted"; communities: Code[] }
    ))
  // grids outside the band mended
  | ({ of: "mend" } & (
      | { do: "ask"; grids: Code[]; bindEstates: boolean }
      | { do: "found"; wish: MendWish; found: Remedies }
      | { do: "failed"; wish: MendWish; problem: Problem }
      | { do: "show"; at: number | null }
      | { do: "done" }
      | { do: "drop" }
    ))
  // drafts
  | ({ of: "draft" } & (
      | { do: "plan"; to: string | null }
      | { do: "startDraft"; title: string; basedOn: string | null; areas: Code[] }
      | { do: "started"; plan: Plan; areas: Code[] }
      | { do: "startFailed"; problem: Problem }
      | { do: "tool"; to: ToolName }
      | { do: "brush"; to: number }
      | { do: "erase"; on: boolean }
      | { do: "exact"; on: boolean }
      | { do: "target"; to: BenchTarget }
      | { do: "cursor"; cell: number | null }
      | { do: "tab"; to: Tab }
      | { do: "name"; to: string }
      | { do: "stroke"; stroke: Stroke | null }
      | { do: "previewed"; preview: Preview }
      | { do: "edit"; edits: Edit[]; repair?: Repair }
      | { do: "undo" }
      | { do: "redo" }
      | { do: "goBack"; revision: number }
      | { do: "outcome"; id: string; outcome: Outcome }
      | { do: "unsent"; id: string; problem: Problem }
      | { do: "retryEdit"; id: string; repair?: Repair }
      | { do: "dropEdit"; id: string }
      | { do: "recalled"; plan: string; queue: Pending[] }
      | { do: "sendAgain" }
      | { do: "presence"; planner: Omit<Planner, "seen">; at: number }
      | { do: "forget"; at: number }
    ))
  // the life of plans
  | ({ of: "life" } & (
      | { do: "ask"; act: Act | null }
      | { do: "carryOut"; deed: Deed }
      | { do: "done"; deed: Deed; came: Came }
      | { do: "failed"; deed: Deed; problem: Problem }
      | { do: "recheck"; plan: string }
      | { do: "mend"; check: Check }
      | { do: "pinning"; on: Life["pinning"] }
      | { do: "pin"; at: LonLat | null }
      | { do: "compare"; against: string | null }
      | { do: "show"; to: Show }
      | { do: "divide"; at: number }
      | { do: "rebasing"; on: boolean }
      | { do: "settle"; key: string; take: Take }
      | { do: "asOf"; day: Day | null }
    ));

/** What a deed brought back. */
export type Came = { plan?: Plan; checks?: Checks; rebase?: Rebase };

export type Effect =
  | { do: "ask"; ask: Ask }
  | { do: "address"; view: View; push: boolean }
  | { do: "fly"; to: Target }
  | { do: "refresh"; boxes: Box[] | null }
  | { do: "keep"; key: "lang" | "theme" | "mine" | "name"; value: string }
  | { do: "thread"; plan: string }
  | { do: "startDraft"; title: string; basedOn: string | null; areas: Code[] }
  | { do: "preview"; plan: string; base: number; edits: Edit[]; still: boolean }
  | { do: "post"; plan: string; pending: Pending }
  | { do: "deed"; plan: string; deed: Deed; base: number | null }
  | { do: "divide"; plan: string; wish: Wish }
  | { do: "survey"; plan: string; wish: Wish; area: Code }
  | { do: "watchJob"; id: number; cells: Code | null; ms: number }
  | { do: "mend"; plan: string; wish: MendWish }
  | { do: "stopJob"; id: number }
  | { do: "acceptJob"; plan: string; id: number; communities: Code[]; edit: string }
  | { do: "keepQueue"; plan: string; queue: Pending[] }
  | { do: "recall"; plan: string }
  | { do: "wait"; ms: number; next: Action }
  | { do: "inspect"; job: number; file: File }
  | { do: "send"; job: number; file: File; choices: Choices; dry: boolean }
  | { do: "cancel"; job: number };

export type Send = (action: Action) => void;

/** The next state, and what should be done outside. */
export type Step = [State, Effect[]];
