// A plan's life as two people see it: checks and what mends them, a warning accepted, review by somebody else,
// comments, bringing up to date, and the days before and after.

import { join } from "node:path";
import { dayAfter } from "../../src/model/days";
import { communities, corner, deed, fabricOf, painted, planOf, shifted, started } from "./plans";
import { drawn, expect, get, LOOKS, someGrid, test, turn } from "./support";

type Check = { key: string; code: string; message: string; accepted: { who: string; reason: string } | null };
type Checks = { stops: Check[]; warnings: Check[] };
type Row = { id: number | null; name: string; households: number };
type Timeline = { today: string; first: string; days: { day: string }[] };

const number = new Intl.NumberFormat("zh-CN");

test("review: a warning accepted, submitted, approved by somebody else for tomorrow", async ({
  page,
  server,
  watch,
}) => {
  test.setTimeout(240_000);
  watch(page);
  const [community = ""] = await communities(page, server);
  const id = await started(page, server, community, "秋季调整");
  await shifted(page, server, id, community);
  await page.goto(`${server}/#/plan?plan=${id}&in=${community}`);
  await drawn(page);
  await page.getByPlaceholder("你的名字").fill("李青");
  await page.getByPlaceholder("你的名字").press("Enter");
  const before = await get<Checks>(page, server, `/api/v1/plans/${id}/checks`);
  expect(before.stops).toEqual([]);
  expect(before.warnings.length).toBeGreaterThan(0);
  await page
    .getByRole("button", { name: `0 处必须处理 · ${number.format(before.warnings.length)} 条提醒` })
    .click();
  const panel = page.getByRole("complementary");
  const warnings = panel.getByRole("region", { name: "提醒", exact: true }).getByRole("listitem");
  await expect(warnings).toHaveCount(before.warnings.length);
  await warnings.first().getByRole("button", { name: "看位置" }).click();
  await expect(warnings.first()).toHaveAttribute("aria-current", "true");
  await page.screenshot({ path: join(LOOKS, "life-checks.png") });
  await warnings.first().getByRole("button", { name: "确认…" }).click();
  await panel.getByLabel("为什么可以这样").fill("新招网格员下月到岗");
  await panel.getByRole("button", { name: "确认保留" }).click();
  await expect(panel.getByText("“新招网格员下月到岗”")).toBeVisible();
  await expect(warnings).toHaveCount(before.warnings.length - 1);
  const after = await get<Checks>(page, server, `/api/v1/plans/${id}/checks`);
  const accepted = after.warnings.filter((one) => one.accepted !== null);
  expect(accepted.map((one) => [one.key, one.accepted?.who, one.accepted?.reason])).toEqual([
    [before.warnings[0]?.key, "李青", "新招网格员下月到岗"],
  ]);
  await page.screenshot({ path: join(LOOKS, "life-accepted.png") });

  await page.getByRole("button", { name: "送审", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("heading")).toHaveText("送审这份草案");
  await page.screenshot({ path: join(LOOKS, "life-submit.png") });
  await dialog.getByLabel("说明").fill("请看四网格与五网格之间");
  await dialog.getByRole("button", { name: "送审" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("审核中").first()).toBeVisible();
  expect((await planOf(page, server, id)).status).toBe("in_review");
  await page.screenshot({ path: join(LOOKS, "life-review.png") });

  await page.getByRole("button", { name: "批准发布" }).click();
  await expect(dialog.getByText(/李青，按规定要由另一位批准/)).toBeVisible();
  await dialog.getByRole("button", { name: "批准发布" }).click();
  await expect(dialog.getByRole("alert")).toContainText("plan.same-person");
  await page.screenshot({ path: join(LOOKS, "life-same-person.png") });
  expect((await planOf(page, server, id)).status).toBe("in_review");
  await dialog.getByLabel("署名").fill("王芳");
  await dialog.getByLabel("署名").press("Tab");
  await expect(dialog.getByText("李青起草，王芳批准。")).toBeVisible();
  await dialog.getByLabel("明天").check();
  await dialog.getByRole("button", { name: "批准发布" }).click();
  await expect(dialog).toBeHidden();
  const plan = await planOf(page, server, id);
  const { today } = await get<Timeline>(page, server, "/api/v1/timeline");
  expect([plan.status, plan.author, plan.approver, plan.is_in_force]).toEqual([
    "published",
    "李青",
    "王芳",
    false,
  ]);
  expect((plan.effective_from ?? "") > today).toBe(true);
  await expect(page.getByText(/起生效/).first()).toBeVisible();
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(LOOKS, "life-published.png") });
});

test("the days before and after: by buttons, dragged along the axis, and by themselves", async ({
  page,
  server,
  watch,
}) => {
  test.setTimeout(240_000);
  watch(page);
  const community = (await communities(page, server))[1] ?? "";
  const { today } = await get<Timeline>(page, server, "/api/v1/timeline");
  const id = await started(page, server, community, "冬季方案");
  await shifted(page, server, id, community);
  await deed(page, server, id, "submit", {}, "李青");
  const plan = await deed(page, server, id, "approve", { effective_from: dayAfter(today) }, "王芳");
  // Coverage as of the day it begins: by the button, then dragged along the axis; each time as the API has it.
  await page.goto(`${server}/#/coverage?in=${community}`);
  await drawn(page);
  await page.getByRole("button", { name: "表格" }).click();
  const time = page.getByRole("region", { name: "时间" });
  const shown = async (day: string | null) => {
    const at = day === null ? "" : `&at=${day}`;
    const { rows } = await get<{ rows: Row[] }>(
      page,
      server,
      `/api/v1/plans/current/tallies?community=${community}${at}`,
    );
    for (const row of rows.filter((one) => one.id !== null)) {
      const line = page
        .locator("tbody tr")
        .filter({ has: page.getByRole("cell", { name: row.name, exact: true }) });
      await expect(line).toContainText(number.format(row.households));
    }
    return JSON.stringify(rows.map((row) => [row.name, row.households]));
  };
  const now = await shown(null);
  await time.getByRole("button", { name: "下一次变动" }).click();
  await expect(page).toHaveURL(new RegExp(`at=${plan.effective_from}`));
  await expect(time.getByText(/冬季方案/)).toBeVisible();
  expect(await shown(plan.effective_from)).not.toBe(now);
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "life-as-of.png") });
  const slider = time.getByRole("slider");
  await slider.focus();
  await slider.press("ArrowLeft");
  await expect(page).not.toHaveURL(/at=/);
  expect(await shown(null)).toBe(now);
  const box = await slider.boundingBox();
  if (box === null) throw new Error("no axis");
  await page.mouse.move(box.x + box.width - 12, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 6 });
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/at=/);
  await page.getByRole("button", { name: "回到今天" }).click();
  await expect(page).not.toHaveURL(/at=/);

  // The day comes: the page follows by itself, and yesterday still answers by the old plan.
  expect(await shown(null)).toBe(now);
  await turn(page, server, plan.effective_from ?? "");
  await expect.poll(async () => (await planOf(page, server, id)).is_in_force).toBe(true);
  expect(await shown(null)).not.toBe(now);
  await page.goto(`${server}/#/coverage?in=${community}&at=${today}`);
  expect(await shown(today)).toBe(now);
});

test("a stop holds a draft back until its tool has mended it", async ({ page, server, watch }) => {
  watch(page);
  const community = (await communities(page, server))[1] ?? "";
  const id = await started(page, server, community, "有空地的草案");
  const fabric = await fabricOf(page, server, id, community);
  const inner = fabric.cells.find((cell) => cell.grid !== null && cell.households > 0);
  const edits = [{ op: "paint", buildings: inner?.buildings, to: null }];
  const data = { base: fabric.revision, id: "gap", edits, repair: "carry" };
  const reply = await page.request.post(`${server}/api/v1/plans/${id}/edits`, { data });
  expect(reply.ok(), await reply.text()).toBe(true);
  await page.goto(`${server}/#/plan?plan=${id}&in=${community}`);
  await drawn(page);
  const { stops } = await get<Checks>(page, server, `/api/v1/plans/${id}/checks`);
  expect(stops.length).toBeGreaterThan(0);
  await page.getByRole("button", { name: "送审", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(`还有 ${stops.length} 处必须处理`)).toBeVisible();
  await expect(dialog.getByRole("button", { name: "送审" })).toBeDisabled();
  await dialog.getByRole("button", { name: "看看是哪些" }).click();
  const list = page.getByRole("region", { name: "必须处理" }).getByRole("listitem");
  await expect(list).toHaveCount(stops.length);
  await list.first().getByRole("button", { name: "去处理" }).click();
  const tools = page.getByRole("toolbar", { name: "工具" });
  await expect(tools.locator("[aria-pressed=true]")).not.toHaveAttribute("aria-label", "浏览");
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "life-mend.png") });
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("button", { name: /^0 处必须处理/ })).toBeVisible({ timeout: 30_000 });
});

test("comments: pinned to a place, seen by others, resolved", async ({ page, server, watch }) => {
  watch(page);
  const community = (await communities(page, server))[1] ?? "";
  const id = await started(page, server, community, "有意见的草案");
  await page.goto(`${server}/#/plan?plan=${id}&in=${community}`);
  await drawn(page);
  await page.getByRole("tab", { name: /^意见/ }).click();
  const panel = page.getByRole("complementary");
  await expect(panel.getByText("只谈边界和地点，不写住户或个人的情况。")).toBeVisible();
  await panel.getByRole("button", { name: "在地图上定位" }).click();
  const box = await page.locator("canvas.maplibregl-canvas").boundingBox();
  if (box === null) throw new Error("no map");
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(panel.getByText("已定位")).toBeVisible();
  await panel.getByLabel("写一条意见").fill("这里的边界应沿河走");
  await panel.getByRole("button", { name: "提交意见" }).click();
  const item = panel.getByRole("listitem").filter({ hasText: "这里的边界应沿河走" });
  await expect(item).toBeVisible();
  await expect(panel.getByLabel("写一条意见")).toHaveValue("");
  await expect(page.locator(".sketch circle.comment")).toHaveCount(1);
  await page.screenshot({ path: join(LOOKS, "life-comments.png") });
  // Another says something: it appears by itself.
  const said = { text: "第二条：学校门口", grid: null };
  await page.request.post(`${server}/api/v1/plans/${id}/comments`, { data: { text: said.text } });
  await expect(panel.getByText(said.text)).toBeVisible();
  await item.getByRole("button", { name: "已解决" }).click();
  await expect(page.getByRole("button", { name: "已解决 1 条" })).toBeVisible();
  await expect(page.locator(".sketch circle.comment")).toHaveCount(0);
});

test("renamed, duplicated, thrown away after a question", async ({ page, server, watch }) => {
  watch(page);
  const community = (await communities(page, server))[1] ?? "";
  const id = await started(page, server, community, "旧名字");
  await page.goto(`${server}/#/plan?plan=${id}&in=${community}`);
  await drawn(page);
  const more = () => page.getByLabel("更多操作").click();
  const dialog = page.getByRole("dialog");
  await more();
  await page.screenshot({ path: join(LOOKS, "life-menu.png") });
  await page.getByRole("button", { name: "改名", exact: true }).click();
  await dialog.getByLabel("名称").fill("新名字");
  await dialog.getByRole("button", { name: "改名" }).click();
  await expect(page.getByText("新名字", { exact: true }).first()).toBeVisible();
  await more();
  await page.getByRole("button", { name: "复制一份" }).click();
  await dialog.getByRole("button", { name: "复制一份" }).click();
  await expect(page.getByText("新名字（副本）", { exact: true }).first()).toBeVisible();
  const copy = /plan=([^&]+)/.exec(page.url())?.[1] ?? "";
  expect(copy).not.toBe(id);
  await drawn(page);
  // What the copy is based on cannot go before it.
  await page.goto(`${server}/#/plan?plan=${id}&in=${community}`);
  await drawn(page);
  await more();
  await page.getByRole("button", { name: "删除", exact: true }).click();
  await dialog.getByRole("button", { name: "删除" }).click();
  await expect(dialog.getByRole("alert")).toContainText("plan.has-followers");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.goto(`${server}/#/plan?plan=${copy}&in=${community}`);
  await drawn(page);
  await more();
  await page.getByRole("button", { name: "删除", exact: true }).click();
  await page.screenshot({ path: join(LOOKS, "life-discard.png") });
  await dialog.getByRole("button", { name: "删除" }).click();
  await expect(page).not.toHaveURL(/plan=\d/);
  await expect(page.getByText("新名字（副本）")).toHaveCount(0);
  expect((await page.request.get(`${server}/api/v1/plans/${copy}`)).status()).toBe(404);
});

test("since when, by whom: a grid and a border", async ({ page, server, watch }) => {
  watch(page);
  const { grid, hash } = await someGrid(page, server, false);
  await page.goto(`${server}/${hash("coverage")}&grid=${grid.code}`);
  await drawn(page);
  const panel = page.getByRole("complementary");
  type Era = { from: string; to: string | null; plan: { title: string } };
  const [era] = await get<Era[]>(page, server, `/api/v1/history/grid?code=${grid.code}`);
  expect(era?.to).toBeNull();
  const history = panel.getByRole("heading", { name: "沿革" }).locator("xpath=..");
  await expect(history.getByRole("listitem").first()).toContainText("至今");
  await expect(history.getByRole("listitem").first()).toContainText(era?.plan.title ?? "");
  await page.screenshot({ path: join(LOOKS, "life-eras.png") });
  await panel.getByRole("button", { name: "看某段边界的沿革" }).click();
  await expect(panel.getByRole("button", { name: "在地图上点一下边界" })).toBeVisible();
  const box = await page.locator("canvas.maplibregl-canvas").boundingBox();
  if (box === null) throw new Error("no map");
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(panel.getByRole("heading", { name: "这段边界的沿革" })).toBeVisible();
});

test("a draft left behind is brought up to date, the one conflict settled on the map", async ({
  page,
  server,
  watch,
}) => {
  watch(page);
  const community = (await communities(page, server))[3] ?? "";
  const { today } = await get<Timeline>(page, server, "/api/v1/timeline");
  await turn(page, server, dayAfter(today, 2));
  const first = await started(page, server, community, "春季方案", "李青");
  const second = await started(page, server, community, "夏季草案", "赵明");
  const { building, codes } = await corner(page, server, first, community);
  await painted(page, server, first, community, building, codes[0], "李青");
  await painted(page, server, second, community, building, codes[1], "赵明");
  await deed(page, server, first, "submit", {}, "李青");
  await deed(page, server, first, "approve", {}, "王芳");
  expect((await planOf(page, server, second)).is_behind).toBe(true);

  await page.goto(`${server}/#/plan?plan=${second}&in=${community}`);
  await drawn(page);
  await page.getByRole("button", { name: /更新底稿/ }).click();
  const panel = page.getByRole("complementary");
  await expect(panel.getByText("1 处两边都改过，请逐处选择")).toBeVisible();
  const go = panel.getByRole("button", { name: "更新", exact: true });
  await expect(go).toBeDisabled();
  await panel.getByRole("radio", { name: /用草案的/ }).click();
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "life-rebase.png") });
  await go.click();
  await expect(page.getByRole("toolbar", { name: "工具" })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("button", { name: /更新底稿/ })).toBeHidden();
  expect((await planOf(page, server, second)).is_behind).toBe(false);
  const fabric = await fabricOf(page, server, second, community);
  const grid = fabric.cells.find((cell) => cell.buildings.includes(building))?.grid;
  expect(fabric.grids.find((one) => one.id === grid)?.code).toBe(codes[1]);
  await page.screenshot({ path: join(LOOKS, "life-rebased.png") });
});

for (const [width, height, theme, locale] of [
  [1024, 768, "dark", "en-GB"],
  [390, 844, "light", "zh-CN"],
] as const)
  test(`looks at ${width}x${height}, ${theme}, ${locale}`, async ({ browser, server, watch }) => {
    const context = await browser.newContext({ locale, colorScheme: theme, viewport: { width, height } });
    const page = await context.newPage();
    watch(page);
    const community = (await communities(page, server))[2] ?? "";
    const id = await started(page, server, community, "Long names too: 沿河东路以南二期调整方案");
    await shifted(page, server, id, community, 1);
    await deed(page, server, id, "comments", { text: "x".repeat(60) }, "李青");
    const name = (what: string) => join(LOOKS, `life-${what}-${width}-${theme}.png`);
    await page.goto(`${server}/#/plan?plan=${id}&in=${community}`);
    await drawn(page);
    for (const tab of [1, 2]) {
      await page.getByRole("tab").nth(tab).click();
      await page.waitForTimeout(400);
      await page.screenshot({ path: name(`tab${tab}`) });
    }
    await deed(page, server, id, "submit", {}, "李青");
    await expect(page.getByText(/审核中|in review/i).first()).toBeVisible();
    await page.waitForTimeout(800);
    await page.screenshot({ path: name("review") });
    await page.goto(`${server}/#/coverage?in=${community}&at=2026-01-01`);
    await drawn(page);
    await page.screenshot({ path: name("past") });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await context.close();
  });
