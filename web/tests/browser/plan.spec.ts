// A planner at work, with real pointer events: the six gestures, undo and redo, locks, the keyboard alone, two pages
// side by side, a lost connection. Every count shown is compared with what the API says.

import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { drawn, expect, get, LOOKS, test } from "./support";

type Pixel = [number, number];
type LonLat = [number, number];
type Cell = { id: number; grid: number | null; label: LonLat; buildings: string[]; households: number };
type Seam = { left: number | null; right: number | null; line: LonLat[] };
type FabricGrid = { id: number; code: string; name: string; locked: boolean; label: LonLat };
type Fabric = { revision: number; cells: Cell[]; seams: Seam[]; grids: FabricGrid[] };
type Row = { grid: string | null; id: number | null; name: string; households: number; buildings: number };

const number = new Intl.NumberFormat("zh-CN");

async function smallCommunity(page: Page, server: string): Promise<string> {
  type Areas = { areas: { code: string; level: string; grids: number; tally: { buildings: number } }[] };
  const { areas } = await get<Areas>(page, server, "/api/v1/areas");
  const fit = areas.filter(
    (area) => area.level === "community" && area.grids >= 5 && area.tally.buildings > 80,
  );
  return fit.sort((a, b) => a.tally.buildings - b.tally.buildings)[0]?.code ?? "";
}

/** A draft on the bench: what the server knows of it, and where things lie on the screen. */
class Draft {
  constructor(
    readonly page: Page,
    readonly server: string,
    readonly id: string,
    readonly community: string,
  ) {}

  static async start(page: Page, server: string): Promise<Draft> {
    const community = await smallCommunity(page, server);
    await page.goto(`${server}/#/plan?in=${community}`);
    await drawn(page);
    await page.getByRole("button", { name: /^为.*新建草案$/ }).click();
    await expect(page.getByRole("toolbar", { name: "工具" })).toBeVisible({ timeout: 30_000 });
    const id = /plan=([^&]+)/.exec(page.url())?.[1] ?? "";
    const draft = new Draft(page, server, id, community);
    await draft.ready();
    return draft;
  }

  /** A draft made by the API and opened by its link, in whatever size and language the page has. */
  static async opened(page: Page, server: string, more = ""): Promise<Draft> {
    const community = await smallCommunity(page, server);
    const data = { title: "2026", based_on: "current", areas: [community] };
    const reply = await page.request.post(`${server}/api/v1/plans`, { data });
    expect(reply.status()).toBe(201);
    const { id } = (await reply.json()) as { id: number | string };
    await page.goto(`${server}/#/plan?plan=${id}&in=${community}${more}`);
    await drawn(page);
    await page.waitForTimeout(400);
    await drawn(page);
    return new Draft(page, server, String(id), community);
  }

  async ready(): Promise<void> {
    await drawn(this.page);
    await this.saved();
  }

  /** Nothing is on its way any more. */
  async saved(): Promise<void> {
    await expect(this.page.locator("footer").getByText("已保存")).toBeVisible();
    await this.page.waitForTimeout(150);
  }

  fabric(): Promise<Fabric> {
    return get<Fabric>(this.page, this.server, `/api/v1/plans/${this.id}/fabric?community=${this.community}`);
  }

  async tallies(): Promise<Row[]> {
    const path = `/api/v1/plans/${this.id}/tallies?community=${this.community}`;
    return (await get<{ rows: Row[] }>(this.page, this.server, path)).rows;
  }

  /** Degrees to pixels, from the camera in the address. */
  async pixels(): Promise<(at: LonLat) => Pixel> {
    const box = await this.page.locator("canvas.maplibregl-canvas").boundingBox();
    const [zoom, lon, lat] = (/map=([^&]+)/.exec(this.page.url())?.[1] ?? "").split("/").map(Number);
    if (box === null || zoom === undefined || lon === undefined || lat === undefined)
      throw new Error("no camera");
    const world = 512 * 2 ** zoom;
    const y = (deg: number) =>
      (0.5 - Math.log(Math.tan(Math.PI / 4 + (deg * Math.PI) / 360)) / (2 * Math.PI)) * world;
    return (at) => [
      box.x + box.width / 2 + ((at[0] - lon) / 360) * world,
      box.y + box.height / 2 + y(at[1]) - y(lat),
    ];
  }

  async tool(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Presses, drags in small steps, calls `before` while it is held, lets go. */
  async drag(places: Pixel[], before?: () => Promise<void>): Promise<void> {
    const { mouse } = this.page;
    const [first, ...rest] = places;
    if (first === undefined) return;
    await mouse.move(first[0] - 2, first[1]);
    await mouse.move(...first);
    await mouse.down();
    let from = first;
    for (const to of rest) {
      for (let i = 1; i <= 10; i += 1)
        await mouse.move(from[0] + ((to[0] - from[0]) * i) / 10, from[1] + ((to[1] - from[1]) * i) / 10);
      from = to;
    }
    await before?.();
    await mouse.up();
  }

  get bubble(): Locator {
    return this.page.locator(".bubble table");
  }

  /** Grid names and counts the bubble shows: after letting go. */
  async foreseen(): Promise<Map<string, number>> {
    await expect(this.bubble).toBeVisible();
    const rows = await this.bubble.locator("tr").all();
    const found = new Map<string, number>();
    for (const row of rows) {
      const name = (await row.locator("th").textContent()) ?? "";
      found.set(name.trim(), Number(((await row.locator(".now").textContent()) ?? "").replaceAll(",", "")));
    }
    return found;
  }

  /** What the bubble foresaw, the tallies and the balance strip say. */
  async expectCounts(foreseen: Map<string, number>): Promise<void> {
    await this.saved();
    const rows = await this.tallies();
    expect(foreseen.size).toBeGreaterThan(0);
    for (const [name, households] of foreseen)
      if (name !== "新网格")
        expect(
          rows.find((row) => (row.grid === null ? "未归属" : row.name || row.grid) === name)?.households,
          name,
        ).toBe(households);
    await this.expectPanel();
  }

  /** The panel's rows of the last edit agree with the API. */
  async expectPanel(): Promise<void> {
    const rows = await this.tallies();
    const panel = this.page.getByRole("complementary");
    for (const heading of await panel.getByRole("heading", { level: 4 }).all()) {
      const name = (await heading.textContent())?.trim() ?? "";
      const row = rows.find((one) => one.id !== null && one.name === name);
      if (row === undefined) continue;
      const shown = heading.locator("xpath=following-sibling::dl[1]").locator("dd").first();
      await expect(shown).toContainText(number.format(row.households));
    }
  }

  /** Two neighbouring cells of different grids with a wide border between the grids, and the border's middle. */
  async edge(): Promise<{
    a: Cell;
    b: Cell;
    middle: LonLat;
    names: [string, string];
    codes: [string, string];
    seam: Seam;
  }> {
    const fabric = await this.fabric();
    const cell = (id: number | null) => fabric.cells.find((one) => one.id === id);
    const metres = (seam: Seam) => {
      const [p, q] = [seam.line[0], seam.line.at(-1)];
      return p === undefined || q === undefined ? 0 : Math.hypot(q[0] - p[0], q[1] - p[1]);
    };
    const count = (id: number | null) => fabric.cells.filter((one) => one.grid === id).length;
    const borders = fabric.seams
      .flatMap((seam) => {
        const [a, b] = [cell(seam.left), cell(seam.right)];
        if (a === undefined || b === undefined || a.grid === b.grid || a.grid === null || b.grid === null)
          return [];
        return [{ seam, a, b, length: metres(seam), size: Math.min(count(a.grid), count(b.grid)) }];
      })
      .filter(({ a, b }) => a.households > 0 && b.households > 0)
      .sort((x, y) => y.length - x.length);
    const best = borders[0];
    if (best === undefined) throw new Error("no border");
    const grid = (id: number | null) => fabric.grids.find((one) => one.id === id);
    const at = Math.floor((best.seam.line.length - 1) / 2);
    const [p, q] = [best.seam.line[at] as LonLat, best.seam.line[at + 1] as LonLat];
    return {
      a: best.a,
      b: best.b,
      seam: best.seam,
      middle: [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2],
      names: [grid(best.a.grid)?.name ?? "", grid(best.b.grid)?.name ?? ""],
      codes: [grid(best.a.grid)?.code ?? "", grid(best.b.grid)?.code ?? ""],
    };
  }
}

const gridOf = (fabric: Fabric, cell: Cell): number | null => {
  const [building] = cell.buildings;
  return fabric.cells.find((one) => one.buildings.includes(building ?? ""))?.grid ?? null;
};
const p95 = (values: number[]): string => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN).toFixed(1);
};
async function timings(page: Page): Promise<string> {
  const of = (name: string) =>
    page.evaluate((key) => performance.getEntriesByName(key).map((entry) => entry.duration), name);
  const [frames, pointer] = [await of("lifang.frame"), await of("lifang.pointer")];
  return `${frames.length} frames, p95 ${p95(frames)} ms; ${pointer.length} pointer events, p95 ${p95(pointer)} ms of script`;
}

test("a draft starts from the plan in force, grid for grid", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const before = await get<{ rows: Row[] }>(
    page,
    server,
    `/api/v1/plans/current/tallies?community=${draft.community}`,
  );
  const now = await draft.tallies();
  const counts = (rows: Row[]) =>
    rows.filter((row) => row.grid !== null).map((row) => [row.name, row.households]);
  expect(counts(now)).toEqual(counts(before.rows));
  const fabric = await draft.fabric();
  expect(fabric.cells.length).toBeGreaterThan(fabric.grids.length * 3);
  await page.screenshot({ path: join(LOOKS, "plan-draft.png") });
  await page.getByRole("button", { name: "回到现行方案" }).click();
  await expect(
    page.getByRole("button", { name: "打开草案" }).or(page.getByTitle("打开草案")).first(),
  ).toBeVisible();
});

test("paint, undo, redo; the counts are those of the server", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const { a, b } = await draft.edge();
  const at = await draft.pixels();
  await draft.tool("p");
  let foreseen = new Map<string, number>();
  await draft.drag([at(a.label), at(b.label)], async () => {
    foreseen = await draft.foreseen();
    await page.screenshot({ path: join(LOOKS, "plan-paint.png") });
  });
  await draft.expectCounts(foreseen);
  expect(gridOf(await draft.fabric(), b)).toBe(a.grid);
  console.log(`paint over ${(await draft.fabric()).cells.length} cells: ${await timings(page)}`);
  await page.keyboard.press("Control+z");
  await draft.saved();
  await expect.poll(async () => gridOf(await draft.fabric(), b)).toBe(b.grid);
  await page.getByRole("button", { name: "重做" }).click();
  await draft.saved();
  await expect.poll(async () => gridOf(await draft.fabric(), b)).toBe(a.grid);
  await page.getByRole("tab", { name: "历史" }).click();
  await expect(page.getByRole("complementary").getByRole("listitem")).not.toHaveCount(0);
  await page.screenshot({ path: join(LOOKS, "plan-history.png") });
});

test("Escape while painting: nothing happened", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const before = await draft.tallies();
  const { a, b } = await draft.edge();
  const at = await draft.pixels();
  await draft.tool("p");
  await draft.drag([at(a.label), at(b.label)], async () => {
    await page.keyboard.press("Escape");
    await expect(draft.bubble).toBeHidden();
  });
  expect(await draft.tallies()).toEqual(before);
});

test("lasso takes what it goes around", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const { a, b, codes } = await draft.edge();
  const at = await draft.pixels();
  await page.mouse.click(...at(a.label));
  await expect(page).toHaveURL(/grid=|building=/);
  await page.goto(
    page
      .url()
      .replace(/&(grid|building)=[^&]*/, "")
      .replace(/(\?|&)map=/, `$1grid=${codes[0]}&map=`),
  );
  await draft.ready();
  await draft.tool("l");
  const [x, y] = at(b.label);
  let foreseen = new Map<string, number>();
  await draft.drag(
    [
      [x - 16, y - 16],
      [x + 16, y - 16],
      [x + 16, y + 16],
      [x - 16, y + 16],
      [x - 16, y - 12],
    ],
    async () => {
      foreseen = await draft.foreseen();
      await page.screenshot({ path: join(LOOKS, "plan-lasso.png") });
    },
  );
  await draft.expectCounts(foreseen);
});

test("split cuts a grid in two", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const fabric = await draft.fabric();
  const largest = (await draft.tallies())
    .filter((row) => row.id !== null)
    .sort((x, y) => y.buildings - x.buildings)[0];
  const cells = fabric.cells.filter((cell) => cell.grid === largest?.id);
  const at = await draft.pixels();
  const pixels = cells.map((cell) => at(cell.label));
  const xs = pixels.map(([x]) => x);
  const middle = pixels.reduce((sum, [, y]) => sum + y, 0) / pixels.length;
  await draft.tool("s");
  let foreseen = new Map<string, number>();
  await draft.drag(
    [
      [Math.min(...xs) - 60, middle],
      [Math.max(...xs) + 60, middle + 6],
    ],
    async () => {
      await expect(draft.bubble.locator("tr")).toHaveCount(2);
      foreseen = await draft.foreseen();
      await page.screenshot({ path: join(LOOKS, "plan-split.png") });
    },
  );
  await draft.saved();
  await expect.poll(async () => (await draft.fabric()).grids.length).toBe(fabric.grids.length + 1);
  expect([...foreseen.values()].reduce((sum, n) => sum + n, 0)).toBe(largest?.households);
  await draft.expectCounts(foreseen);
});

test("a crossing is declared by a drag and taken back by a press", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  type Linked = { links: [LonLat, LonLat][] };
  const links = async () => ((await draft.fabric()) as unknown as Linked).links;
  const { a, b } = await draft.edge();
  const at = await draft.pixels();
  const ends: Pixel[] = [at(a.label), at(b.label)];
  await draft.tool("c");
  await draft.drag(ends, async () => {
    await page.screenshot({ path: join(LOOKS, "plan-crossing.png") });
  });
  await draft.saved();
  await expect.poll(async () => (await links()).length).toBe(1);
  await expect(page.locator(".sketch .crossing").first()).toBeAttached();
  const [[x, y], [u, v]] = ends as [Pixel, Pixel];
  const middle: Pixel = [(x + u) / 2, (y + v) / 2];
  await page.mouse.move(middle[0] + 1, middle[1]);
  await expect(page.locator(".bubble").getByText("点一下取消这条通道")).toBeVisible();
  await page.mouse.click(...middle);
  await expect.poll(async () => (await links()).length).toBe(0);
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await links()).length).toBe(1);
});

test("sweep pushes a border, and back again", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const before = await draft.tallies();
  const { b, middle } = await draft.edge();
  const at = await draft.pixels();
  const [grab, far] = [at(middle), at(b.label)];
  const beyond: Pixel = [far[0] + (far[0] - grab[0]) * 0.4, far[1] + (far[1] - grab[1]) * 0.4];
  await draft.tool("w");
  await draft.drag([grab, beyond, grab], async () => expect(draft.bubble).toBeHidden());
  await page.waitForTimeout(300);
  expect(await draft.tallies()).toEqual(before);
  let foreseen = new Map<string, number>();
  await draft.drag([grab, beyond], async () => {
    foreseen = await draft.foreseen();
    await page.screenshot({ path: join(LOOKS, "plan-sweep.png") });
  });
  await draft.expectCounts(foreseen);
  expect(await draft.tallies()).not.toEqual(before);
  console.log(`sweep over ${(await draft.fabric()).cells.length} cells: ${await timings(page)}`);
});

test("reshape moves the border and the server says what follows", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const { middle, b } = await draft.edge();
  const at = await draft.pixels();
  const grab = at(middle);
  const toward = at(b.label);
  const length = Math.hypot(toward[0] - grab[0], toward[1] - grab[1]) || 1;
  const to: Pixel = [
    grab[0] + ((toward[0] - grab[0]) / length) * 14,
    grab[1] + ((toward[1] - grab[1]) / length) * 14,
  ];
  const before = (await draft.fabric()).seams;
  await draft.tool("r");
  await page.mouse.move(grab[0] + 2, grab[1]);
  await page.mouse.move(...grab);
  await expect(page.locator(".sketch .vertex, .sketch .junction").first()).toBeAttached();
  await page.screenshot({ path: join(LOOKS, "plan-handles.png") });
  await draft.drag([grab, to], async () => {
    await page.screenshot({ path: join(LOOKS, "plan-reshape.png") });
  });
  await draft.saved();
  await expect
    .poll(async () => JSON.stringify((await draft.fabric()).seams) === JSON.stringify(before))
    .toBe(false);
});

test("merge makes one of two", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const { a, b, codes } = await draft.edge();
  const at = await draft.pixels();
  await draft.tool("m");
  let foreseen = new Map<string, number>();
  await draft.drag([at(a.label), at(b.label)], async () => {
    foreseen = await draft.foreseen();
    await page.screenshot({ path: join(LOOKS, "plan-merge.png") });
  });
  await draft.saved();
  await expect
    .poll(async () => (await draft.fabric()).grids.some((grid) => grid.code === codes[1]))
    .toBe(false);
  const rows = await draft.tallies();
  const kept = rows.find((row) => row.grid === codes[0]);
  expect(foreseen.get(kept?.name ?? "")).toBe(kept?.households);
});

test("a locked grid neither gives nor takes", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const { a, b } = await draft.edge();
  const before = await draft.tallies();
  const at = await draft.pixels();
  await page.getByRole("button", { name: "全部锁定" }).click();
  await draft.saved();
  await expect.poll(async () => (await draft.fabric()).grids.every((grid) => grid.locked)).toBe(true);
  await draft.tool("p");
  await draft.drag([at(a.label), at(b.label)], async () => {
    await expect(page.locator(".bubble .trouble")).toContainText("锁定");
    await page.screenshot({ path: join(LOOKS, "plan-locked.png") });
  });
  expect(await draft.tallies()).toEqual(before);
  await page.getByRole("button", { name: "全部解锁" }).click();
  await draft.saved();
  await expect.poll(async () => (await draft.fabric()).grids.some((grid) => grid.locked)).toBe(false);
});

test("the keyboard alone paints", async ({ page, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const { codes } = await draft.edge();
  await page.goto(page.url().replace(/(\?|&)map=/, `$1grid=${codes[0]}&map=`));
  await draft.ready();
  const before = await draft.fabric();
  await page.locator("body").press("p");
  const panel = page.getByRole("complementary");
  await page.keyboard.press("1");
  const target = panel.locator("button.target .name");
  await expect(target).toBeVisible();
  const name = (await target.textContent())?.trim();
  await page.keyboard.press("Space");
  await draft.saved();
  const after = await draft.fabric();
  expect(after.revision).toBeGreaterThan(before.revision);
  const key = before.grids.find((grid) => grid.name === name)?.id;
  const count = (fabric: Fabric) => fabric.cells.filter((cell) => cell.grid === key).length;
  expect(count(after)).toBeGreaterThan(count(before));
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("选相邻网格为目标");
});

test("two planners see each other's work", async ({ page, browser, server, watch }) => {
  watch(page);
  const draft = await Draft.start(page, server);
  await page.getByRole("textbox", { name: "你的名字" }).fill("Zhang");
  await page.getByRole("textbox", { name: "你的名字" }).press("Enter");
  const context = await browser.newContext({ locale: "zh-CN", viewport: { width: 1440, height: 900 } });
  const other = await context.newPage();
  watch(other);
  await other.goto(page.url());
  const second = new Draft(other, server, draft.id, draft.community);
  await second.ready();
  await other.getByRole("textbox", { name: "你的名字" }).fill("李娜");
  await other.getByRole("textbox", { name: "你的名字" }).press("Enter");
  const { a, b, names } = await draft.edge();
  const at = await draft.pixels();
  await page.mouse.move(...at(a.label));
  await expect(other.locator("footer")).toContainText("2 人正在编辑");
  await draft.tool("p");
  let foreseen = new Map<string, number>();
  await draft.drag([at(a.label), at(b.label)], async () => {
    foreseen = await draft.foreseen();
  });
  await draft.expectCounts(foreseen);
  const bars = other.getByRole("slider", { name: "规模分布" });
  await bars.focus();
  await expect
    .poll(async () => {
      // The strip's bars are walked; the one of the grid says its households.
      for (let i = 0; i < 40; i += 1) {
        const text = (await bars.getAttribute("aria-valuetext")) ?? "";
        if (text.startsWith(names[0])) return Number(text.split(" ").at(-1));
        await bars.press(i < 20 ? "ArrowRight" : "ArrowLeft");
      }
      return -1;
    })
    .toBe(foreseen.get(names[0]));
  await other.screenshot({ path: join(LOOKS, "plan-other.png") });
  await context.close();
});

test("a dropped connection keeps the work, a reload too, and nothing doubles", async ({
  page,
  context,
  server,
  watch,
}) => {
  watch(page);
  const draft = await Draft.start(page, server);
  const { a, b } = await draft.edge();
  const at = await draft.pixels();
  const before = await draft.fabric();
  await draft.tool("p");
  await context.setOffline(true);
  await draft.drag([at(a.label), at(b.label)]);
  await expect(page.locator("footer")).toContainText("保存在本机");
  await page.screenshot({ path: join(LOOKS, "plan-offline.png") });
  await context.setOffline(false);
  await page.reload();
  await draft.ready();
  const after = await draft.fabric();
  expect(gridOf(after, b)).toBe(a.grid);
  expect(after.revision).toBe(before.revision + 1);
  type Past = { kind: string };
  const raw = await get<Past[] | { history: Past[] }>(page, server, `/api/v1/plans/${draft.id}/history`);
  const list = Array.isArray(raw) ? raw : raw.history;
  expect(list.filter((past) => past.kind === "edit")).toHaveLength(1);
});

test("a finger paints on a phone, and every control is large enough for it", async ({
  browser,
  server,
  watch,
}) => {
  const context = await browser.newContext({
    locale: "zh-CN",
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 2,
  });
  const page = await context.newPage();
  watch(page);
  const draft = await Draft.opened(page, server);
  await page.getByRole("button", { name: "涂抹" }).tap();
  await page.waitForTimeout(400);
  const { a, b } = await draft.edge();
  const before = await draft.fabric();
  const middle: LonLat = [(a.label[0] + b.label[0]) / 2, (a.label[1] + b.label[1]) / 2];
  // What is to be painted is brought to the middle of what the sheet leaves free.
  await page.goto(page.url().replace(/map=[^&]*/, `map=16.60/${middle[0]}/${middle[1]}`));
  await page.reload();
  await drawn(page);
  await page.getByRole("button", { name: "涂抹" }).tap();
  await page.waitForTimeout(400);
  const at = await draft.pixels();
  const touch = await context.newCDPSession(page);
  const finger = (type: "touchStart" | "touchMove" | "touchEnd", place?: Pixel) =>
    touch.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: place === undefined ? [] : [{ x: place[0], y: place[1] }],
    });
  const [from, to] = [at(a.label), at(b.label)];
  await finger("touchStart", from);
  for (let i = 1; i <= 10; i += 1)
    await finger("touchMove", [
      from[0] + ((to[0] - from[0]) * i) / 10,
      from[1] + ((to[1] - from[1]) * i) / 10,
    ]);
  const foreseen = await draft.foreseen();
  await page.screenshot({ path: join(LOOKS, "plan-phone-paint.png") });
  await finger("touchEnd");
  await expect.poll(async () => gridOf(await draft.fabric(), b)).toBe(a.grid);
  const rows = await draft.tallies();
  for (const [name, households] of foreseen)
    expect(rows.find((row) => row.name === name)?.households, name).toBe(households);
  expect((await draft.fabric()).revision).toBe(before.revision + 1);
  const small: string[] = [];
  for (const button of await page.getByRole("button").all()) {
    const box = await button.boundingBox();
    if (box === null || (await button.getAttribute("aria-expanded")) !== null) continue;
    if (box.height < 40) small.push(`${await button.textContent()} ${box.width}x${box.height}`);
  }
  expect(small).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.getByRole("tab", { name: "历史" }).tap();
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(LOOKS, "plan-phone-history.png") });
  await context.close();
});

for (const [width, height, theme, locale] of [
  [1440, 900, "light", "zh-CN"],
  [1440, 900, "dark", "en-GB"],
  [1024, 768, "light", "en-GB"],
  [390, 844, "dark", "zh-CN"],
] as const)
  test(`looks at ${width}x${height}, ${theme}, ${locale}`, async ({ browser, server, watch }) => {
    const context = await browser.newContext({ locale, colorScheme: theme, viewport: { width, height } });
    const page = await context.newPage();
    watch(page);
    const name = (what: string) => join(LOOKS, `bench-${what}-${width}-${theme}-${locale.slice(0, 2)}.png`);
    const draft = await Draft.opened(page, server);
    await page.screenshot({ path: name("open") });
    const { codes } = await draft.edge();
    await page.goto(page.url().replace(/(\?|&)map=/, `$1grid=${codes[0]}&map=`));
    await drawn(page);
    await page.locator("body").press("p");
    await page.keyboard.press("1");
    await page.waitForTimeout(500);
    await drawn(page);
    await page.screenshot({ path: name("chosen") });
    await page.goto(page.url().replace(/(\?|&)map=/, "$1paint=band&map="));
    await drawn(page);
    await page.screenshot({ path: name("band") });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await page.goto(`${server}/#/plan?in=${draft.community}`);
    await drawn(page);
    await page.screenshot({ path: name("list") });
    await context.close();
  });
