// Files on their way in: dropped, inspected, tried, imported. Each file is a `Job` of its own, so one that
// fails holds up no other.

import type { Action, Effect, Step } from "./action";
import type { Inspection } from "./register";
import type { Choices, Job, State } from "./state";

type FileAction = Extract<
  Action,
  {
    do:
      | "dropped"
      | "inspected"
      | "choose"
      | "send"
      | "progress"
      | "sent"
      | "jobFailed"
      | "dismiss"
      | "openReport";
  }
>;

const noChoices: Choices = { kind: "", datum: "auto", community: "", columns: {} };

const isBusy = (job: Job): boolean =>
  job.step === "inspecting" || job.step === "trying" || job.step === "importing";

/** What must be answered before a file can be tried. */
export const isAnswered = (job: Job): boolean => job.choices.kind !== "" && job.choices.datum !== "";

const replaced = (state: State, id: number, change: (job: Job) => Job): State => ({
  ...state,
  jobs: state.jobs.map((job) => (job.id === id ? change(job) : job)),
});

export function updateJobs(state: State, action: FileAction): Step {
  switch (action.do) {
    case "dropped":
      return dropped(state, action.files);
    case "inspected":
      return inspected(state, action.job, action.inspection);
    case "choose":
      return [
        replaced(state, action.job, (job) => ({
          ...job,
          step: "asking",
          report: null,
          problem: null,
          choices: { ...job.choices, ...action.choices },
        })),
        [],
      ];
    case "send":
      return send(state, action.job, action.dry);
    case "progress":
      return [replaced(state, action.job, (job) => ({ ...job, progress: action.part })), []];
    case "sent":
      return [
        replaced(state, action.job, (job) => ({
          ...job,
          step: action.report.dryRun ? "tried" : "done",
          progress: null,
          report: action.report,
        })),
        action.report.dryRun ? [] : [{ do: "ask", ask: { what: "imports", with: {} } }],
      ];
    case "jobFailed":
      return [
        replaced(state, action.job, (job) => ({
          ...job,
          step: "failed",
          progress: null,
          problem: action.problem,
        })),
        [],
      ];
    case "dismiss": {
      const job = state.jobs.find((one) => one.id === action.job);
      const effects: Effect[] = job && isBusy(job) ? [{ do: "cancel", job: action.job }] : [];
      return [{ ...state, mark: null, jobs: state.jobs.filter((one) => one.id !== action.job) }, effects];
    }
    case "openReport":
      return openReport(state, action.id);
  }
}

function dropped(state: State, files: File[]): Step {
  const first = Math.max(0, ...state.jobs.map((job) => job.id)) + 1;
  const fresh = files.map(
    (file, n): Job => ({
      id: first + n,
      file,
      step: "inspecting",
      progress: null,
      inspection: null,
      choices: noChoices,
      report: null,
      problem: null,
    }),
  );
  const view = { ...state.view, workspace: "data" as const, selection: null };
  return [
    { ...state, view, dragging: false, sheet: "full", jobs: [...fresh, ...state.jobs] },
    fresh.map((job): Effect => ({ do: "inspect", job: job.id, file: job.file })),
  ];
}

/** A file that says itself what it is goes straight into its dry run; else the page asks. */
function inspected(state: State, id: number, inspection: Inspection): Step {
  const asks = inspection.datum === null && inspection.candidates.length > 1;
  const choices: Choices = {
    ...noChoices,
    kind: inspection.kind ?? "",
    datum: inspection.datum ?? (asks ? "" : "auto"),
  };
  const next = replaced(state, id, (job) => ({ ...job, step: "asking", inspection, choices }));
  return inspection.kind !== null && !asks ? send(next, id, true) : [next, []];
}

function send(state: State, id: number, dry: boolean): Step {
  const job = state.jobs.find((one) => one.id === id);
  if (job === undefined || isBusy(job) || !isAnswered(job)) return [state, []];
  return [
    replaced(state, id, (one) => ({
      ...one,
      step: dry ? "trying" : "importing",
      progress: 0,
      problem: null,
    })),
    [{ do: "send", job: id, file: job.file, choices: job.choices, dry }],
  ];
}

function openReport(state: State, id: string | null): Step {
  if (id === null) return [{ ...state, report: { value: null, busy: false, problem: null }, mark: null }, []];
  return [
    { ...state, report: { value: null, busy: true, problem: null } },
    [{ do: "ask", ask: { what: "report", with: { id } } }],
  ];
}
