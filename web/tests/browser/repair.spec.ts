// A lopsided draft mended on the page: ways asked for, looked at on the map, one applied, taken back.

import { join } from "node:path";
import type { Page } from "@playwright/test";
import { communities, started } from "./plans";
import { drawn, expect, get, LOOKS, test } from "./support";

type Row = { grid: string | null; households: number };
type Sheet = {
  revision: number;
  alternatives: {
    households: number;
    edits: object[];
    grids: { grid: string; after: { households: number } | null }[];
  }[];
};

const rowsOf = async (page: Page, server: string, plan: string, code: string): Promise<string[]> => {
  const path = `/api/v1/plans/${plan}/tallies?community=${code}`;
  const { rows } = await get<{ rows: Row[] }>(page, server, path);
  return rows.map((row) => `${row.grid} ${row.households}`).sort();
};

/** A draft of one community in which two grids have become one. */
async function lopsided(page: Page, server: string): Promise<{ plan: string; code: string; heavy: string }> {
  const [code = ""] = await communities(page, server);
  const plan = await started(page, server, code, "修复");
  type Fabric = {
    revision: number;
    cells: { id: number; grid: number | null }[];
    seams: { left: number | null; right: number | null }[];
    grids: { id: number; code: string; kind: string; tally: { households: number } }[];
  };
  const fabric = await get<Fabric>(page, server, `/api/v1/plans/${plan}/fabric?community=${code}`);
  const gridOf = new Map(fabric.cells.map((cell) => [cell.id, cell.grid]));
  const general = fabric.grids.filter((grid) => grid.kind === "general");
  for (const { left, right } of fabric.seams) {
    const [a, b] = [left, right].map((cell) => general.find((one) => one.id === gridOf.get(cell ?? 0)));
    if (a === undefined || b === undefined || a === b) continue;
    if (a.tally.households + b.tally.households <= 520) continue;
    const edits = [{ op: "merge", grids: [a.code, b.code], keep: a.code }];
    const data = { base: fabric.revision, edits };
    const reply = await page.request.post(`${server}/api/v1/plans/${plan}/edits`, { data });
    if (reply.ok()) return { plan, code, heavy: a.code };
  }
  throw new Error("no two grids make one that is too large");
}

test("an overloaded grid is mended from its own numbers, and that is taken back", async ({
  page,
  server,
  watch,
}) => {
  watch(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  const { plan, code, heavy } = await lopsided(page, server);
  const before = await rowsOf(page, server, plan, code);
  const data = { grids: [heavy] };
  const told = (await (
    await page.request.post(`${server}/api/v1/plans/${plan}/repair`, { data })
  ).json()) as Sheet;
  expect(told.alternatives.length).toBeGreaterThan(0);

  await page.goto(`${server}/#/plan?plan=${plan}&in=${code}&grid=${heavy}`);
  await drawn(page);
  await page.getByRole("button", { name: "找办法修复" }).click();
  const panel = page.getByRole("complementary");
  const cards = panel.getByRole("button", { name: /^采用 \d/ });
  await expect(cards).toHaveCount(told.alternatives.length);
  await cards.first().focus();
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "repair-shown.png") });
  expect(await rowsOf(page, server, plan, code), "only looked at").toEqual(before);

  await page.keyboard.press("Enter");
  await expect(panel.getByText("已采用，可随时撤销。")).toBeVisible();
  const [best] = told.alternatives;
  const now = await rowsOf(page, server, plan, code);
  for (const { grid, after } of best?.grids ?? [])
    if (after !== null) expect(now).toContain(`${grid} ${after.households}`);
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "repair-done.png") });
  await panel.getByRole("button", { name: "撤销", exact: true }).click();
  await expect(async () => {
    expect(await rowsOf(page, server, plan, code)).toEqual(before);
  }).toPass({ timeout: 15_000 });
});

for (const look of [
  { width: 390, height: 844, scheme: "light", lang: "zh-CN" },
  { width: 1024, height: 768, scheme: "dark", lang: "en-GB" },
] as const)
  test.describe(`at ${look.width}`, () => {
    test.use({
      viewport: { width: look.width, height: look.height },
      colorScheme: look.scheme,
      locale: look.lang,
    });
    test(`repair looks at ${look.width}x${look.height}, ${look.scheme}, ${look.lang}`, async ({
      page,
      server,
      watch,
    }) => {
      watch(page);
      const { plan, code } = await lopsided(page, server);
      await page.goto(`${server}/#/plan?plan=${plan}&in=${code}`);
      await drawn(page);
      if (look.width < 720)
        await page
          .getByRole("button", { name: /展开|面板/ })
          .first()
          .click()
          .catch(() => {});
      await page.getByRole("tab", { name: /自动划分|Divide/ }).click();
      await page
        .getByRole("button", { name: /为全部超限网格找办法|Find ways for all grids out of band/ })
        .click();
      const cards = page.getByRole("button", { name: /^(采用|Apply) \d/ });
      await expect(cards.first()).toBeAttached({ timeout: 30_000 });
      await cards.first().focus();
      await drawn(page);
      await page.screenshot({ path: join(LOOKS, `repair-${look.width}-${look.scheme}.png`) });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, "nothing sticks out").toBeLessThanOrEqual(look.width);
    });
  });
