// Coverage as a planner uses it, in both languages.

import { join } from "node:path";
import { drawn, expect, get, LOOKS, middleOfMap, someGrid, type Tally, test } from "./support";

const SAY = {
  zh: {
    locale: "zh-CN",
    findings: "待查问题",
    figures: "覆盖概况",
    legend: "图例",
    search: "搜索",
    table: "表格",
    made: "虚构城镇",
    gap: /空白地块：不属于/,
    homeless: /楼栋所在地块没有网格/,
    number: new Intl.NumberFormat("zh-CN"),
  },
  en: {
    locale: "en-GB",
    findings: "Findings",
    figures: "Coverage at a glance",
    legend: "Legend",
    search: "Search",
    table: "Table",
    made: "made-up town",
    gap: /Ground no grid covers/,
    homeless: /Buildings where no grid is/,
    number: new Intl.NumberFormat("en-GB"),
  },
} as const;

for (const lang of ["zh", "en"] as const) {
  const say = SAY[lang];
  test.describe(lang, () => {
    test.use({ locale: say.locale });

    test("opens on the town with figures, legend and findings", async ({ page, open }) => {
      await open();
      await drawn(page);
      await expect(page.getByText(say.made, { exact: true })).toBeVisible();
      await expect(page.getByRole("region", { name: say.figures }).getByRole("button")).toHaveCount(8);
      await expect(page.getByRole("region", { name: say.legend })).toBeVisible();
      await expect(page.getByRole("heading", { name: say.findings })).toBeVisible();
      await page.screenshot({ path: join(LOOKS, `coverage-${lang}.png`) });
    });

    test("hovering a grid shows the counts of the tallies, a click opens it", async ({
      page,
      open,
      server,
    }) => {
      const { grid, tally, hash } = await someGrid(page, server, false);
      await open(hash("coverage"));
      await drawn(page);
      const { x, y } = await middleOfMap(page);
      await page.mouse.move(x - 4, y + 6);
      await page.mouse.move(x, y + 8);
      const bubble = page.locator(".bubble");
      await expect(bubble).toContainText(grid.name);
      await expect(bubble).toContainText(say.number.format(tally.households));
      await expect(bubble).toContainText(say.number.format(tally.persons));
      await expect(bubble).toContainText(say.number.format(tally.buildings));
      await page.screenshot({ path: join(LOOKS, `hover-${lang}.png`) });
      await page.mouse.click(x, y + 8);
      await expect(page).toHaveURL(new RegExp(`grid=${grid.code}|building=`));
    });

    test("search by keyboard flies there", async ({ page, open, server }) => {
      const { grid } = await someGrid(page, server);
      await open();
      await drawn(page);
      await page.keyboard.press("Control+k");
      const box = page.getByRole("combobox", { name: say.search });
      await box.fill(grid.code);
      const first = page.getByRole("listbox").getByRole("option").first();
      await expect(first).toContainText(grid.code);
      await expect(first).toHaveAttribute("aria-selected", "true");
      await page.screenshot({ path: join(LOOKS, `search-${lang}.png`) });
      await page.keyboard.press("Enter");
      await expect(box).toBeHidden();
      await expect(page.getByRole("complementary")).toContainText(grid.code);
      await page.goBack();
      await expect(page.getByRole("heading", { name: say.findings })).toBeVisible();
    });

    test("drills down from the town to a building by the table", async ({ page, open }) => {
      await open();
      await drawn(page);
      await page.getByRole("button", { name: say.table, exact: true }).click();
      for (let depth = 0; depth < 6; depth += 1) {
        const url = page.url();
        await page.getByRole("table").locator("tbody tr[tabindex]").first().click();
        await expect(page).not.toHaveURL(url);
        if (page.url().includes("building=")) break;
        await expect(page.getByRole("table").locator("tbody tr[tabindex]").first()).toBeVisible();
        await page.waitForTimeout(300);
      }
      await expect(page).toHaveURL(/building=/);
      const crumbs = page.locator("nav.crumbs li");
      expect(await crumbs.count()).toBeGreaterThanOrEqual(4);
      await page.screenshot({ path: join(LOOKS, `drill-${lang}.png`) });
      await page.keyboard.press("Escape");
      await expect(page).not.toHaveURL(/building=/);
    });

    test("a finding flies to its place and draws it", async ({ page, open, server }) => {
      await open();
      await drawn(page);
      const { counts } = await get<{ counts: Record<string, number> }>(
        page,
        server,
        "/api/v1/findings?limit=1",
      );
      const rows = page.locator(".rows .row");
      const canvas = page.locator("canvas.maplibregl-canvas");
      await page.getByRole("button", { name: say.gap }).click();
      await expect(rows).toHaveCount(Math.min(200, counts["fabric.gap"] ?? 0));
      await drawn(page);
      const bare = await canvas.screenshot();
      await rows.first().click();
      await expect(rows.first()).toHaveAttribute("aria-current", "true");
      await drawn(page);
      expect((await canvas.screenshot()).equals(bare)).toBe(false);
      // A point has no size of its own: the map comes near, or stays where it is well in view already.
      await page.getByRole("button", { name: say.homeless }).click();
      await expect(rows).toHaveCount(Math.min(200, counts["placement.gap"] ?? 0));
      await rows.first().click();
      await expect(page).toHaveURL(/map=1[67]\./);
      await drawn(page);
      await page.screenshot({ path: join(LOOKS, `finding-${lang}.png`) });
    });
  });
}

test("every deliberate fault of the town is in the list", async ({ page, open, server }) => {
  await open();
  const { counts } = await get<{ counts: Record<string, number> }>(page, server, "/api/v1/findings?limit=1");
  const faults = [
    "fabric.gap",
    "fabric.overlap",
    "placement.no-position",
    "placement.outside-stated-area",
    "grid.overloaded",
    "grid.small",
  ];
  expect(faults.filter((code) => !counts[code])).toEqual([]);
});

test("the table and the map light each other up", async ({ page, open, server }) => {
  const { grid, hash } = await someGrid(page, server, false);
  await open(`${hash("coverage")}&in=${grid.community}`);
  await drawn(page);
  await page.keyboard.press("t");
  await page.waitForTimeout(600);
  const row = page.getByRole("row").filter({ hasText: grid.code });
  const canvas = page.locator("canvas.maplibregl-canvas");
  const before = await canvas.screenshot();
  await row.hover();
  await page.waitForTimeout(500);
  expect((await canvas.screenshot()).equals(before)).toBe(false);
  const { x, y } = await middleOfMap(page);
  await page.mouse.move(x, y - 20);
  await page.mouse.move(x, y - 18);
  await expect(row).toHaveClass(/lit/);
});

test("the legend counts every grid once", async ({ page, open, server }) => {
  await open();
  await drawn(page);
  const { rows } = await get<{ rows: Tally[] }>(page, server, "/api/v1/plans/current/tallies");
  const cells = await page.getByRole("region", { name: SAY.zh.legend }).locator("dd").allTextContents();
  const total = cells.reduce((sum, text) => sum + (Number.parseInt(text.replaceAll(",", ""), 10) || 0), 0);
  expect(total).toBe(rows.filter((row) => row.id !== null).length);
});

test("language and theme are remembered, the link carries the view", async ({ page, open }) => {
  await open("#/plan?paint=band");
  await drawn(page);
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.getByRole("button", { name: /^Theme/ }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByLabel("Colour")).toHaveValue("band");
});

test("everything can be reached by the keyboard", async ({ page, open }) => {
  await open();
  await drawn(page);
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog");
  await expect(keys).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(keys).toBeHidden();
  await page.keyboard.press("1");
  await expect(page).toHaveURL(/#\/plan/);
  await page.keyboard.press("3");
  const group = page.locator(".group").first();
  await group.focus();
  await page.keyboard.press("Enter");
  await expect(group).toHaveAttribute("aria-expanded", "true");
  await expect(page.locator(".rows .row").first()).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.locator(".rows .row").first()).toHaveAttribute("aria-current", "true");
});
