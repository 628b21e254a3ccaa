// Two plans beside each other: the slider, the map of what moves, the table, what goes on paper; every number shown
// is compared with what the API says.

import { join } from "node:path";
import type { Page } from "@playwright/test";
import { communities, shifted, started } from "./plans";
import { drawn, expect, type GridRow, get, LOOKS, test } from "./support";

type Flow = { in: number; out: number; before: number; after: number };
type Diff = {
  grids: { grid: string; name: string; households: Flow; sentence: string }[];
  totals: { households: number; buildings: number; households_all: number; grids_changed: number };
  sentences: string[];
};

const number = new Intl.NumberFormat("zh-CN");

/** A draft of a small community in which some buildings have gone to the grid next door. */
async function changed(page: Page, server: string): Promise<{ id: string; community: string }> {
  const [community = ""] = await communities(page, server);
  const id = await started(page, server, community, "秋季调整");
  await shifted(page, server, id, community);
  return { id, community };
}

const diffOf = (page: Page, server: string, id: string): Promise<Diff> =>
  get<Diff>(page, server, `/api/v1/plans/${id}/diff?against=current`);

test("a slider between two maps, the totals and the table as the server has them", async ({
  page,
  server,
  watch,
}) => {
  watch(page);
  const { id, community } = await changed(page, server);
  await page.goto(`${server}/#/plan?plan=${id}&in=${community}`);
  await drawn(page);
  await page.getByRole("button", { name: "对比", exact: true }).click();
  await expect(page).toHaveURL(/against=current/);
  const slider = page.getByRole("slider", { name: "两图分界" });
  await expect(slider).toBeVisible();
  await expect(page.locator("canvas.maplibregl-canvas")).toHaveCount(2);
  const diff = await diffOf(page, server, id);
  expect(diff.totals.households).toBeGreaterThan(0);
  const panel = page.getByRole("complementary");
  await expect(panel.getByText(number.format(diff.totals.households), { exact: true }).first()).toBeVisible();
  for (const sentence of diff.sentences) await expect(panel.getByText(sentence)).toBeVisible();
  const table = page.getByRole("table", { name: "各网格对比" });
  const rows = table.locator("tbody tr[tabindex]");
  await expect(rows).toHaveCount(diff.grids.length);
  for (const grid of diff.grids) {
    const row = rows.filter({ has: page.getByRole("cell", { name: grid.name, exact: true }) });
    const { before, after } = grid.households;
    const text =
      before === after ? number.format(after) : `${number.format(before)} → ${number.format(after)}`;
    await expect(row.getByRole("cell").nth(1)).toContainText(text);
  }
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(LOOKS, "compare-swipe.png") });
  const at = async () => Number(await slider.getAttribute("aria-valuenow"));
  expect(await at()).toBe(50);
  const box = await slider.boundingBox();
  if (box === null) throw new Error("no slider");
  await page.mouse.move(box.x + box.width / 2, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x - 240, box.y + 80, { steps: 8 });
  await page.mouse.up();
  expect(await at()).toBeLessThan(40);
  await slider.press("End");
  expect(await at()).toBe(98);
  await page.screenshot({ path: join(LOOKS, "compare-swiped.png") });
});

test("what lies left of the slider is told and chosen as it was, right of it as it would be", async ({
  page,
  server,
  watch,
}) => {
  watch(page);
  const { id, community } = await changed(page, server);
  const diff = await diffOf(page, server, id);
  // It only gains ground, so its label lies in it on both sides.
  const gains = diff.grids.find(({ households }) => households.in > 0 && households.out === 0);
  const { grids } = await get<{ grids: GridRow[] }>(page, server, "/api/v1/plans/current/grids");
  const row = grids.find((one) => one.code === gains?.grid);
  if (gains === undefined || row === undefined) throw new Error("no grid only gains");
  const [lon, lat] = row.label;
  await page.goto(
    `${server}/#/plan?plan=${id}&in=${community}&against=current&show=swipe&map=14.40/${lon}/${lat}`,
  );
  await drawn(page);
  await expect(page.locator("canvas.maplibregl-canvas")).toHaveCount(2);
  const slider = page.getByRole("slider", { name: "两图分界" });
  const box = await page.locator("main .map").boundingBox();
  if (box === null) throw new Error("no map");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const bubble = page.locator(".bubble");
  for (const [end, households] of [
    ["End", gains.households.before],
    ["Home", gains.households.after],
  ] as const) {
    await slider.press(end);
    await page.waitForTimeout(600);
    await expect(async () => {
      await page.mouse.move(x - 4, y);
      await page.mouse.move(x, y);
      await expect(bubble).toContainText(gains.name, { timeout: 1000 });
    }).toPass({ timeout: 20_000 });
    await expect(bubble.locator(".main")).toHaveText(number.format(households));
    await page.screenshot({ path: join(LOOKS, `compare-hover-${end.toLowerCase()}.png`) });
    await page.mouse.click(x, y);
    await expect(page).toHaveURL(new RegExp(`grid=${gains.grid}`));
    await expect(page.getByText(gains.sentence).first()).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page).not.toHaveURL(/grid=/);
  }
  // The slider still goes by keys.
  await slider.press("ArrowRight");
  expect(Number(await slider.getAttribute("aria-valuenow"))).toBe(7);
});

test("both maps look at the same place whatever one does", async ({ page, server, watch }) => {
  watch(page);
  const { id, community } = await changed(page, server);
  await page.goto(`${server}/#/plan?plan=${id}&in=${community}&against=current&show=swipe`);
  await drawn(page);
  await expect(page.locator("canvas.maplibregl-canvas")).toHaveCount(2);
  const box = await page.locator("main .map").boundingBox();
  if (box === null) throw new Error("no map");
  await page.waitForTimeout(800);
  const [x, y] = [box.x + box.width * 0.75, box.y + box.height * 0.4];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 120, y + 60, { steps: 6 });
  await page.mouse.up();
  await page.mouse.wheel(0, -400);
  await page.waitForTimeout(2500);
  // With the slider at an end each map is seen alone; what does not change between the plans is drawn alike.
  const shot = () => page.screenshot({ clip: { x: box.x + 600, y: box.y + 60, width: 200, height: 90 } });
  const slider = page.getByRole("slider", { name: "两图分界" });
  await slider.press("End");
  await page.mouse.move(box.x + box.width - 2, box.y + 2);
  await page.waitForTimeout(600);
  const left = await shot();
  await slider.press("Home");
  await page.waitForTimeout(600);
  const right = await shot();
  const same = await page.evaluate(
    async ([a, b]) => {
      const pixels = async (data: string) => {
        // Not fetched: the page's content policy lets nothing in that is not the server's.
        const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
        const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d");
        context?.drawImage(image, 0, 0);
        return context?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray();
      };
      const [one, two] = [await pixels(a ?? ""), await pixels(b ?? "")];
      let alike = 0;
      for (let i = 0; i < one.length; i += 4) if (Math.abs((one[i] ?? 0) - (two[i] ?? 0)) < 12) alike += 1;
      return alike / (one.length / 4);
    },
    [left.toString("base64"), right.toString("base64")],
  );
  expect(same).toBeGreaterThan(0.97);
});

test("the map of what moves, a row and its ground", async ({ page, server, watch }) => {
  watch(page);
  const { id, community } = await changed(page, server);
  await page.goto(`${server}/#/plan?plan=${id}&in=${community}&against=current&show=moves`);
  await drawn(page);
  await expect(page.getByRole("button", { name: "变动图" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator("canvas.maplibregl-canvas")).toHaveCount(1);
  const diff = await diffOf(page, server, id);
  await page.waitForTimeout(800);
  await page.screenshot({ path: join(LOOKS, "compare-moves.png") });
  const row = page.getByRole("table", { name: "各网格对比" }).locator("tbody tr[tabindex]").first();
  await row.click();
  await expect(row).toHaveAttribute("aria-current", "true");
  await expect(page).toHaveURL(/grid=/);
  const chosen = diff.grids.find((one) => page.url().includes(`grid=${one.grid}`));
  await expect(page.getByText(chosen?.sentence ?? "").first()).toBeVisible();
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "compare-row.png") });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/against=/);
  await expect(page.getByRole("toolbar", { name: "工具" })).toBeVisible();
});

test("taken along: CSV, XLSX, paper", async ({ page, server, watch }) => {
  watch(page);
  const { id, community } = await changed(page, server);
  await page.goto(`${server}/#/plan?plan=${id}&in=${community}&against=current&show=moves`);
  await drawn(page);
  const diff = await diffOf(page, server, id);
  for (const name of ["CSV", "XLSX"]) {
    const link = page.getByRole("link", { name: `下载 ${name}` });
    const reply = await page.request.get(server + (await link.getAttribute("href")));
    expect(reply.ok(), `${name} answers ${reply.status()}`).toBe(true);
    if (name === "CSV")
      expect((await reply.text()).trim().split("\n").length - 1).toBe(diff.totals.buildings);
  }
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  const sheet = page.getByRole("heading", { level: 1, includeHidden: true });
  await expect(sheet).toContainText("秋季调整");
  await expect(page.locator(".sheet canvas")).toHaveCount(1);
  await page.screenshot({ path: join(LOOKS, "compare-print.png"), fullPage: true });
  await page.emulateMedia({ media: "screen" });
});

for (const [width, height, theme, locale] of [
  [1024, 768, "dark", "en-GB"],
  [390, 844, "light", "zh-CN"],
] as const)
  test(`looks at ${width}x${height}, ${theme}, ${locale}`, async ({ browser, server, watch }) => {
    const context = await browser.newContext({ locale, colorScheme: theme, viewport: { width, height } });
    const page = await context.newPage();
    watch(page);
    const { id, community } = await changed(page, server);
    for (const show of ["swipe", "moves"]) {
      await page.goto("about:blank");
      await page.goto(`${server}/#/plan?plan=${id}&in=${community}&against=current&show=${show}`);
      await drawn(page);
      await page.waitForTimeout(1200);
      await page.screenshot({ path: join(LOOKS, `compare-${show}-${width}-${theme}.png`) });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    await context.close();
  });
