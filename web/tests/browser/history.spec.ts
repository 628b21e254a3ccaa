// Where things come from: who answered for a building and since when, what a community was merged of.

import { join } from "node:path";
import { dayAfter } from "../../src/model/days";
import { communities, corner, deed, painted, started } from "./plans";
import { drawn, expect, get, LOOKS, test } from "./support";

type Era = {
  from: string;
  to: string | null;
  grid: string | null;
  name: string;
  who: string;
  reason: string;
  plan: { title: string };
};
type Area = {
  code: string;
  name: string;
  level: string;
  parent: string | null;
  tally: { buildings: number; households: number };
};

const day = new Intl.DateTimeFormat("zh-CN", { dateStyle: "medium" });
const number = new Intl.NumberFormat("zh-CN");

test("a building's card tells both grids it was in, since when and by whom", async ({
  page,
  server,
  watch,
}) => {
  watch(page);
  const community = (await communities(page, server))[2] ?? "";
  const { today } = await get<{ today: string }>(page, server, "/api/v1/timeline");
  const id = await started(page, server, community, "春季方案");
  const { building, codes } = await corner(page, server, id, community);
  await painted(page, server, id, community, building, codes[0], "李青");
  await deed(page, server, id, "submit", {}, "李青");
  const approval = { effective_from: today, reason: "按楼栋就近" };
  await deed(page, server, id, "approve", approval, "王芳");
  const eras = await get<Era[]>(page, server, `/api/v1/history/building?code=${building}`);
  expect(eras).toHaveLength(2);
  expect([eras[0]?.grid, eras[0]?.from, eras[0]?.to]).toEqual([codes[0], today, null]);

  await page.goto(`${server}/#/coverage?in=${community}&building=${building}`);
  await drawn(page);
  const panel = page.getByRole("complementary");
  const rows = panel.getByRole("heading", { name: "沿革" }).locator("xpath=..").getByRole("listitem");
  await expect(rows).toHaveCount(2);
  for (const [i, era] of eras.entries()) {
    const row = rows.nth(i);
    await expect(row).toContainText(era.name);
    await expect(row).toContainText(day.format(new Date(era.from)));
    await expect(row).toContainText(era.to === null ? "至今" : day.format(new Date(era.to)));
    await expect(row).toContainText(era.plan.title);
  }
  await expect(rows.first()).toContainText("王芳批准");
  await rows.last().scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(LOOKS, "history-building.png") });

  // The same on a phone, where the panel is a sheet.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(rows).toHaveCount(2);
  await rows.last().scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(LOOKS, "history-building-390.png") });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("two communities merged by a file: the new one says of what, and shows the day before", async ({
  page,
  server,
  watch,
}) => {
  watch(page);
  const { today } = await get<{ today: string }>(page, server, "/api/v1/timeline");
  const { areas } = await get<{ areas: Area[] }>(page, server, "/api/v1/areas");
  const all = areas.filter((area) => area.level === "community");
  const first = all.at(-1);
  const pair = all.filter((area) => area.parent === first?.parent).slice(-2);
  const [one, two] = pair;
  if (one?.parent === undefined || two === undefined) throw new Error("no street has two communities");
  const merged = { code: `${one.parent}601`, name: "合并社区" };
  const row = [merged.code, merged.name, "社区", one.parent, `${one.code}、${two.code}`, today].join(",");

  await page.goto(`${server}/#/data`);
  await page.getByLabel("选择文件").setInputFiles({
    name: "merger.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`区划代码,名称,层级,上级代码,前身,设立日期\n${row}\n`),
  });
  const card = page.getByRole("article", { name: "merger.csv" });
  await expect(card).toContainText("试导入结果：数据尚未改动");
  await expect(card.getByText("predecessors")).toHaveCount(0);
  await page.screenshot({ path: join(LOOKS, "lineage-tried.png") });
  await card.getByRole("button", { name: /^导入 .* 行$/ }).click();
  await expect(card).toContainText("已导入");

  await page.goto(`${server}/#/coverage?in=${merged.code}`);
  await drawn(page);
  const panel = page.getByRole("complementary");
  const line = panel.locator("p", { hasText: "沿革" });
  await expect(line).toContainText(`${day.format(new Date(today))}由${one.name}、${two.name}撤并而来`);
  const figures = page.getByRole("region", { name: "覆盖概况" });
  await expect(figures).toContainText(`/${number.format(one.tally.households + two.tally.households)}`);
  await page.screenshot({ path: join(LOOKS, "lineage-merged.png") });

  await line.getByRole("button", { name: "看撤并前" }).click();
  await expect(page).toHaveURL(new RegExp(`at=${dayAfter(today, -1)}`));
  await expect(page).toHaveURL(new RegExp(`in=${one.parent}`));
  await page.getByRole("button", { name: "表格" }).click();
  for (const area of pair)
    await expect(page.getByRole("cell", { name: area.name, exact: true })).toBeVisible();
  await expect(page.getByRole("cell", { name: merged.name })).toHaveCount(0);
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "lineage-before.png") });

  // What became of one that is no more.
  await page.getByRole("row", { name: one.name }).click();
  await expect(line).toContainText(`后并入${merged.name}`);
  await page.screenshot({ path: join(LOOKS, "lineage-former.png") });
});
