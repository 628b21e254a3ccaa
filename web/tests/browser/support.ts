// The real binary on a free port, one for each test file, and a page that notices what must never happen:
// errors on the console, requests to anywhere else.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { before } from "./page";

const ROOT = join(import.meta.dirname, "../../..");
export const LOOKS = join(import.meta.dirname, "../../test-results/looks");

/** The newer of the two builds is the one under test; `LIFANG_BIN` names another. */
function binary(): string {
  const named = process.env.LIFANG_BIN;
  const found = [named, join(ROOT, "target/release/lifang"), join(ROOT, "target/debug/lifang")].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (found === undefined) throw new Error("no lifang binary: run cargo build first");
  return found;
}

/** The day the server takes for today stands in a file beside its database, so that a test can turn it. */
async function started(db: string, today: string): Promise<{ url: string; process: ChildProcess }> {
  const child = spawn(binary(), ["demo", "--listen", "127.0.0.1:0", "--db", db], {
    cwd: ROOT,
    env: { ...process.env, LIFANG_TODAY: `@${today}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (address !== undefined) resolve(address);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("exit", (code) => reject(new Error(`lifang demo ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error(`lifang demo named no address: ${said}`)), 50_000);
  });
  return { url, process: child };
}

type Own = { open: (hash?: string, page?: Page) => Promise<void>; watch: (page: Page) => void };

export const test = base.extend<Own, { server: string }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern to see there is no dependency
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "lifang-browser-"));
      const today = join(folder, "today");
      const now = new Date();
      const two = (part: number) => String(part).padStart(2, "0");
      writeFileSync(today, `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`);
      const { url, process: child } = await started(join(folder, "demo.db"), today);
      DAYS.set(url, today);
      const front = process.env.LIFANG_DIST === undefined ? null : await before(url);
      if (front !== null) DAYS.set(front.url, today);
      await use(front?.url ?? url);
      front?.close();
      child.removeAllListeners("exit");
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await new Promise((resolve) => child.once("exit", resolve));
      }
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 60_000 },
  ],
  watch: async ({ server }, use) => {
    const wrong: string[] = [];
    await use((page) => {
      page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
      page.on("console", (message) => {
        // A refused file answers 422 on purpose, and the browser writes that on its console.
        // A connection cut on purpose is written there too.
        const refused = /status of 4\d\d|ERR_INTERNET_DISCONNECTED/.test(message.text());
        if (message.type() === "error" && !refused) wrong.push(`console: ${message.text()}`);
      });
      page.on("request", (request) => {
        const url = request.url();
        if (!url.startsWith(server) && !/^(data|blob|about):/.test(url)) wrong.push(`outside: ${url}`);
      });
    });
    expect(wrong).toEqual([]);
  },
  open: async ({ page, server, watch }, use) => {
    watch(page);
    await use(async (hash = "", other = page) => {
      await other.goto(`${server}/${hash}`);
    });
  },
});

export { expect };

/** By address of a server, the file that says which day it is there. */
const DAYS = new Map<string, string>();

/** Another day begins at the server. */
export async function turn(page: Page, server: string, day: string): Promise<void> {
  writeFileSync(DAYS.get(server) ?? "", day);
  await expect
    .poll(async () => (await get<{ today: string }>(page, server, "/api/v1/timeline")).today)
    .toBe(day);
}

/** Waits until the map has drawn: tiles are in and nothing moves. */
export async function drawn(page: Page): Promise<void> {
  // While two plans are compared there are two maps.
  await expect(page.locator("canvas.maplibregl-canvas").first()).toBeVisible();
  const atRest = page.locator(".canvas[aria-busy='false']");
  await expect(atRest).toBeVisible({ timeout: 60_000 });
  await page.waitForTimeout(250);
  await expect(atRest).toBeVisible({ timeout: 60_000 });
}

export type Tally = {
  grid: string | null;
  id: number | null;
  community: string | null;
  name: string;
  households: number;
  persons: number;
  buildings: number;
};

export async function get<T>(page: Page, server: string, path: string): Promise<T> {
  const reply = await page.request.get(server + path);
  expect(reply.ok(), `${path} answers ${reply.status()}`).toBe(true);
  return (await reply.json()) as T;
}

export type GridRow = { id: number; code: string; name: string; community: string; label: [number, number] };

/** A grid of the demo and a view close enough that its label lies in the middle of the map. */
export async function someGrid(
  page: Page,
  server: string,
  most = true,
): Promise<{ grid: GridRow; tally: Tally; hash: (workspace: string) => string }> {
  const { grids } = await get<{ grids: GridRow[] }>(page, server, "/api/v1/plans/current/grids");
  const { rows } = await get<{ rows: Tally[] }>(page, server, "/api/v1/plans/current/tallies");
  const sorted = rows.filter((row) => row.id !== null).sort((a, b) => a.households - b.households);
  const tally = sorted[most ? sorted.length - 1 : Math.floor(sorted.length / 2)];
  const grid = grids.find((one) => one.id === tally?.id);
  if (grid === undefined || tally === undefined) throw new Error("the demo has no grid");
  const hash = (workspace: string) => `#/${workspace}?map=15.50/${grid.label[0]}/${grid.label[1]}`;
  return { grid, tally, hash };
}

export async function middleOfMap(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.locator("canvas.maplibregl-canvas").boundingBox();
  if (box === null) throw new Error("no map");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
