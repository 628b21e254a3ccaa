// A community divided on the page: wished for, watched, looked at beside what is, accepted, taken back; and the whole
// town begun and stopped.

import { join } from "node:path";
import type { Page } from "@playwright/test";
import { drawn, expect, get, LOOKS, test } from "./support";

type Row = { grid: string | null; name: string; community: string; households: number };
type Area = { code: string; level: string; grids: number; tally: { households: number } };

const draftOf = async (page: Page, server: string, areas: string[]): Promise<string> => {
  const reply = await page.request.post(`${server}/api/v1/plans`, {
    data: { title: "划分", based_on: "current", areas },
  });
  expect(reply.status()).toBe(201);
  return String(((await reply.json()) as { id: number }).id);
};
const communities = async (page: Page, server: string): Promise<Area[]> => {
  const { areas } = await get<{ areas: Area[] }>(page, server, "/api/v1/areas");
  return areas
    .filter((area) => area.level === "community" && area.grids >= 5)
    .sort((a, b) => a.tally.households - b.tally.households);
};
const rowsOf = async (page: Page, server: string, plan: string, code: string): Promise<Row[]> => {
  const path = `/api/v1/plans/${plan}/tallies?community=${code}`;
  return (await get<{ rows: Row[] }>(page, server, path)).rows;
};
/** Grids of one community by name and households, whatever their order. */
const gridsOf = (rows: Row[]): string[] =>
  rows
    .filter((row) => row.grid !== null)
    .map((row) => `${row.grid} ${row.households}`)
    .sort();

test("a community is divided, watched, accepted and taken back", async ({ page, server, watch }) => {
  watch(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  const [area] = await communities(page, server);
  if (area === undefined) throw new Error("the demo town has communities");
  const plan = await draftOf(page, server, [area.code]);
  const before = gridsOf(await rowsOf(page, server, plan, area.code));
  await page.goto(`${server}/#/plan?plan=${plan}&in=${area.code}`);
  await drawn(page);

  await page.getByRole("tab", { name: "自动划分" }).click();
  const panel = page.getByRole("complementary");
  await panel.getByLabel("每个网格户数").fill("300");
  await panel.getByLabel("不少于").fill("400");
  await expect(panel.getByRole("alert")).toContainText("规模上下限应包含目标值");
  await expect(panel.getByRole("button", { name: "生成划分方案" })).toBeDisabled();
  await panel.getByLabel("不少于").fill("240");
  await panel.getByLabel("不多于").fill("360");
  await panel.getByText("更多选项").click();
  await panel.getByLabel("均衡依据").selectOption("mix");
  await panel.getByLabel("户数", { exact: true }).fill("0");
  await panel.getByLabel("楼栋数", { exact: true }).fill("0");
  await expect(panel.getByRole("alert")).toContainText("各项权重");
  await panel.getByLabel("均衡依据").selectOption("households");
  await panel.getByLabel("河流水系").check();
  await panel.getByLabel("河流水系").uncheck();
  await panel.getByRole("button", { name: "生成划分方案" }).click();
  await expect(panel.getByRole("button", { name: "采用", exact: true })).toBeVisible({ timeout: 30_000 });
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "divide-proposal.png") });
  expect(gridsOf(await rowsOf(page, server, plan, area.code)), "only proposed").toEqual(before);

  // Where today's grids stand among other divisions.
  await panel.getByRole("button", { name: "开始比较" }).click();
  await expect(panel.getByText(/优于 200 个方案中的 \d+ %/)).toHaveCount(3, { timeout: 60_000 });
  await panel.getByRole("img", { name: /^紧凑度/ }).scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(LOOKS, "divide-ensemble.png") });

  // What is shown is what comes.
  const figures = await panel.locator(".parts .figure").allTextContents();
  const weights = figures.map((text) => Number(text.replaceAll(",", ""))).sort((a, b) => a - b);
  await panel.getByRole("button", { name: "看现状" }).click();
  await expect(panel.getByRole("button", { name: "看方案" })).toHaveAttribute("aria-pressed", "true");
  await panel.getByRole("button", { name: "采用", exact: true }).click();
  await expect(panel.getByRole("button", { name: "采用", exact: true })).toBeHidden();
  await expect(page.locator("footer").getByText("已保存")).toBeVisible();
  const rows = await rowsOf(page, server, plan, area.code);
  const counts = rows.filter((row) => row.grid !== null && row.households > 0).map((row) => row.households);
  expect(counts.sort((a, b) => a - b)).toEqual(weights);
  expect(weights.every((weight) => weight >= 240 && weight <= 360)).toBe(true);

  await page.getByRole("button", { name: "撤销", exact: true }).click();
  await expect(async () => {
    expect(gridsOf(await rowsOf(page, server, plan, area.code))).toEqual(before);
  }).toPass({ timeout: 15_000 });
  await page.screenshot({ path: join(LOOKS, "divide-undone.png") });
});

test("each grid shares a station where that is asked", async ({ page, server, watch }) => {
  watch(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  // Three stations stand around it, and some grids drawn by hand lie between them.
  const code = "990102001003";
  const plan = await draftOf(page, server, [code]);
  await page.goto(`${server}/#/plan?plan=${plan}&in=${code}`);
  await drawn(page);

  await page.getByRole("tab", { name: "自动划分" }).click();
  const panel = page.getByRole("complementary");
  await panel.getByText("更多选项").click();
  await expect(panel.getByLabel("步行直线距离（米）")).toBeHidden();
  await panel.getByLabel("同一网格共用一个服务站").check();
  await panel.getByLabel("步行直线距离（米）").fill("9");
  await expect(panel.getByRole("alert")).toContainText("到服务站的距离");
  await expect(panel.getByRole("button", { name: "生成划分方案" })).toBeDisabled();
  await panel.getByLabel("步行直线距离（米）").fill("300");
  await panel.getByRole("button", { name: "生成划分方案" }).click();
  await expect(panel.getByRole("button", { name: "采用", exact: true })).toBeVisible({ timeout: 30_000 });
  const missed = panel.getByRole("row", { name: /够不到本格服务站/ }).getByRole("cell");
  const [before, after] = (await missed.allTextContents()).map((text) => Number(text.replaceAll(",", "")));
  expect(before).toBeGreaterThan(0);
  expect(after).toBeLessThan(before ?? 0);
  await expect(panel.locator(".parts .station").first()).toBeVisible();
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "divide-reach.png") });
});

test("the whole town is divided; a job is stopped; what is there can be accepted", async ({
  page,
  server,
  watch,
}) => {
  watch(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  const all = await communities(page, server);
  const codes = all.map((area) => area.code);
  const plan = await draftOf(page, server, codes);
  await page.goto(`${server}/#/plan?plan=${plan}&in=${codes[0]}`);
  await drawn(page);
  await page.getByRole("tab", { name: "自动划分" }).click();
  const panel = page.getByRole("complementary");
  await panel.getByLabel("范围").selectOption("all");
  await panel.getByRole("button", { name: "生成划分方案" }).click();
  // Stopped at once: either it is cut short or it was quicker.
  await panel
    .getByRole("button", { name: "停止" })
    .click({ timeout: 2_000 })
    .catch(() => {});
  const settled = panel
    .getByText("已停止，已有结果仍可采用。")
    .or(panel.getByRole("button", { name: "重新生成" }));
  await expect(settled.first()).toBeVisible({ timeout: 60_000 });
  await panel.getByRole("button", { name: "重新生成" }).click();
  const accept = panel.getByRole("button", { name: /^全部采用/ });
  await expect(accept).toBeVisible({ timeout: 60_000 });
  await expect(panel.getByRole("button", { name: "停止" })).toBeHidden({ timeout: 60_000 });
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "divide-town.png") });
  await accept.click();
  await expect(accept).toBeHidden({ timeout: 30_000 });
  const history = await get<{ ops: string[] }[]>(page, server, `/api/v1/plans/${plan}/history`);
  expect(history.at(-1)?.ops.every((op) => op === "divide")).toBe(true);
  expect(history.at(-1)?.ops.length).toBeGreaterThan(1);
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
    test(`divide looks at ${look.width}x${look.height}, ${look.scheme}, ${look.lang}`, async ({
      page,
      server,
      watch,
    }) => {
      watch(page);
      const [area] = await communities(page, server);
      const code = area?.code ?? "";
      const plan = await draftOf(page, server, [code]);
      await page.goto(`${server}/#/plan?plan=${plan}&in=${code}`);
      await drawn(page);
      if (look.width < 720)
        await page
          .getByRole("button", { name: /展开|面板/ })
          .first()
          .click()
          .catch(() => {});
      await page.getByRole("tab", { name: /自动划分|Divide/ }).click();
      await page.getByRole("button", { name: /生成划分方案|Propose a division/ }).click();
      await expect(page.getByRole("button", { name: /^(采用|Accept)$/ })).toBeAttached({ timeout: 30_000 });
      await drawn(page);
      await page.screenshot({ path: join(LOOKS, `divide-${look.width}-${look.scheme}.png`) });
    });
  });
