// Drafts made by the API, for tests that look at what becomes of them.

import type { Page } from "@playwright/test";
import { expect, get } from "./support";

export type LonLat = [number, number];
type Cell = { id: number; grid: number | null; label: LonLat; buildings: string[]; households: number };
export type Fabric = {
  revision: number;
  cells: Cell[];
  seams: { left: number | null; right: number | null; line: LonLat[] }[];
  grids: { id: number; code: string; name: string }[];
};
export type Plan = {
  id: number | string;
  title: string;
  status: string;
  author: string;
  approver: string;
  effective_from: string | null;
  is_in_force: boolean;
  is_behind: boolean;
};

/** Communities small enough to be read quickly, the smallest first. */
export async function communities(page: Page, server: string): Promise<string[]> {
  type Areas = { areas: { code: string; level: string; grids: number; tally: { buildings: number } }[] };
  const { areas } = await get<Areas>(page, server, "/api/v1/areas");
  return areas
    .filter((one) => one.level === "community" && one.grids >= 5 && one.tally.buildings > 80)
    .sort((a, b) => a.tally.buildings - b.tally.buildings)
    .map((one) => one.code);
}

const as = (name: string) => ({ "Lifang-Actor": encodeURIComponent(name) });

export async function started(
  page: Page,
  server: string,
  community: string,
  title: string,
  author = "李青",
): Promise<string> {
  const data = { title, based_on: "current", areas: [community] };
  const made = await page.request.post(`${server}/api/v1/plans`, { data, headers: as(author) });
  expect(made.status()).toBe(201);
  return String(((await made.json()) as Plan).id);
}

export const fabricOf = (page: Page, server: string, id: string, community: string): Promise<Fabric> =>
  get<Fabric>(page, server, `/api/v1/plans/${id}/fabric?community=${community}`);

/** Gives `n` cells with households to the grid next door, each in an edit of its own. */
export async function shifted(
  page: Page,
  server: string,
  id: string,
  community: string,
  n = 3,
): Promise<void> {
  const fabric = await fabricOf(page, server, id, community);
  const cell = (at: number | null) => fabric.cells.find((one) => one.id === at);
  let base = fabric.revision;
  let done = 0;
  for (const { left, right } of fabric.seams) {
    const [a, b] = [cell(left), cell(right)];
    if (a === undefined || b === undefined || a.grid === b.grid || a.grid === null) continue;
    if (b.households === 0) continue;
    const to = fabric.grids.find((one) => one.id === a.grid)?.code;
    const edits = [{ op: "paint", buildings: b.buildings, to }];
    const data = { base, id: `shift-${done}-${base}`, edits };
    const reply = await page.request.post(`${server}/api/v1/plans/${id}/edits`, {
      data,
      headers: as("李青"),
    });
    if (!reply.ok()) continue;
    base = ((await reply.json()) as { revision: number }).revision;
    done += 1;
    if (done === n) break;
  }
  expect(done).toBe(n);
}

/** A building beside two other grids that could go to either: what two drafts can quarrel about. */
export async function corner(
  page: Page,
  server: string,
  id: string,
  community: string,
): Promise<{ building: string; codes: [string, string] }> {
  const fabric = await fabricOf(page, server, id, community);
  const near = new Map<number, Set<number>>();
  const grid = new Map(fabric.cells.map((cell) => [cell.id, cell.grid]));
  for (const { left, right } of fabric.seams)
    for (const [one, other] of [
      [left, right],
      [right, left],
    ]) {
      const beyond = other === null || other === undefined ? null : grid.get(other);
      if (one === null || one === undefined || beyond === null || beyond === undefined) continue;
      if (beyond !== grid.get(one)) near.set(one, (near.get(one) ?? new Set()).add(beyond));
    }
  for (const cell of fabric.cells) {
    const [building] = cell.buildings;
    const sides = [...(near.get(cell.id) ?? [])].map(
      (key) => fabric.grids.find((one) => one.id === key)?.code,
    );
    const [a, b] = sides;
    if (building === undefined || a === undefined || b === undefined || cell.households === 0) continue;
    const fits = await Promise.all(
      [a, b].map(async (to) => {
        const edits = [{ op: "paint", buildings: [building], to }];
        const data = { base: fabric.revision, edits };
        return (await page.request.post(`${server}/api/v1/plans/${id}/edits/preview`, { data })).ok();
      }),
    );
    if (fits.every(Boolean)) return { building, codes: [a, b] };
  }
  throw new Error("no building at a corner of three grids");
}

export async function painted(
  page: Page,
  server: string,
  id: string,
  community: string,
  building: string,
  to: string,
  actor: string,
): Promise<void> {
  const { revision } = await fabricOf(page, server, id, community);
  const data = { base: revision, id: `paint-${id}`, edits: [{ op: "paint", buildings: [building], to }] };
  const reply = await page.request.post(`${server}/api/v1/plans/${id}/edits`, { data, headers: as(actor) });
  expect(reply.ok(), await reply.text()).toBe(true);
}

export async function deed(
  page: Page,
  server: string,
  id: string,
  what: string,
  data: object,
  actor: string,
): Promise<Plan> {
  const reply = await page.request.post(`${server}/api/v1/plans/${id}/${what}`, { data, headers: as(actor) });
  expect(reply.ok(), `${what} answers ${reply.status()}: ${await reply.text()}`).toBe(true);
  return (await reply.json()) as Plan;
}

export const planOf = (page: Page, server: string, id: string): Promise<Plan> =>
  get<Plan>(page, server, `/api/v1/plans/${id}`);
