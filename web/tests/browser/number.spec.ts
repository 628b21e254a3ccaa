// Numbers of grids: one as somebody wishes, refused where it is or was another's, all from west to east; each taken back.

import { join } from "node:path";
import type { Page } from "@playwright/test";
import { communities, type Fabric, fabricOf, started } from "./plans";
import { drawn, expect, LOOKS, test } from "./support";

type Grid = Fabric["grids"][number];

const codesOf = async (page: Page, server: string, plan: string, community: string): Promise<string[]> => {
  const { grids } = await fabricOf(page, server, plan, community);
  return grids.map((grid) => `${grid.id} ${grid.code}`).sort();
};
const numberOf = (grid: Grid): string => String(Number(grid.code.slice(-3)));

/** A draft in which the second of two grids has gone into the first. */
async function merged(page: Page, server: string): Promise<{ plan: string; code: string; grids: Grid[] }> {
  const code = (await communities(page, server))[1] ?? "";
  const plan = await started(page, server, code, "编号");
  const { revision, grids, cells, seams } = await fabricOf(page, server, plan, code);
  const gridOf = new Map(cells.map((cell) => [cell.id, cell.grid]));
  for (const { left, right } of seams) {
    const [keep, gone] = [left, right].map((cell) => grids.find((one) => one.id === gridOf.get(cell ?? 0)));
    if (keep === undefined || gone === undefined || keep === gone) continue;
    const edits = [{ op: "merge", grids: [keep.code, gone.code], keep: keep.code }];
    const data = { base: revision, edits };
    const reply = await page.request.post(`${server}/api/v1/plans/${plan}/edits`, { data });
    if (!reply.ok()) continue;
    const others = grids.filter((one) => one !== keep && one !== gone);
    return { plan, code, grids: [keep, gone, ...others] };
  }
  throw new Error("no two grids can be merged");
}

test("a grid is renumbered, not as another is or was, and all of them from west to east", async ({
  page,
  server,
  watch,
}) => {
  watch(page);
  const { plan, code, grids } = await merged(page, server);
  const [grid, gone, other] = grids;
  if (grid === undefined || gone === undefined || other === undefined) throw new Error("three grids");
  const before = await codesOf(page, server, plan, code);
  await page.goto(`${server}/#/plan?plan=${plan}&in=${code}&grid=${grid.code}`);
  await drawn(page);
  const panel = page.getByRole("complementary");
  const wish = async (number: string) => {
    await panel.getByRole("button", { name: "改编号" }).click();
    await panel.getByRole("spinbutton", { name: "编号" }).fill(number);
    await page.keyboard.press("Enter");
  };
  await panel.getByRole("button", { name: "改编号" }).click();
  await expect(panel.getByRole("spinbutton", { name: "编号" })).toHaveValue(numberOf(grid));
  await page.keyboard.press("Escape");
  await expect(panel.getByRole("spinbutton", { name: "编号" })).toBeHidden();

  const refusal = panel.getByRole("alert");
  await wish(numberOf(other));
  await expect(refusal).toContainText("编码已被使用");
  await page.screenshot({ path: join(LOOKS, "number-taken.png") });
  await panel.getByRole("button", { name: "放弃这项改动" }).click();
  await expect(refusal).toBeHidden();
  await wish(numberOf(gone));
  await expect(refusal).toContainText("此编号曾属于另一网格");
  await expect(refusal).toContainText(gone.name);
  await page.screenshot({ path: join(LOOKS, "number-used.png") });
  await panel.getByRole("button", { name: "放弃这项改动" }).click();
  expect(await codesOf(page, server, plan, code), "nothing was done").toEqual(before);

  await wish("77");
  const wanted = `${grid.code.slice(0, -3)}077`;
  await expect(panel.getByText(wanted).first()).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`grid=${wanted}`));
  await expect
    .poll(() => codesOf(page, server, plan, code))
    .toEqual(before.map((one) => one.replace(` ${grid.code}`, ` ${wanted}`)).sort());
  await page.screenshot({ path: join(LOOKS, "number-done.png") });
  await page.getByRole("button", { name: "撤销", exact: true }).first().click();
  await expect.poll(() => codesOf(page, server, plan, code)).toEqual(before);

  await page.keyboard.press("Escape");
  await page.goto(`${server}/#/plan?plan=${plan}&in=${code}`);
  await panel.getByRole("button", { name: "自西向东编号" }).click();
  await expect.poll(() => codesOf(page, server, plan, code)).not.toEqual(before);
  const { grids: now } = await fabricOf(page, server, plan, code);
  const highest = Math.max(...grids.map((one) => Number(one.code.slice(-3))));
  for (const one of now) {
    const was = grids.find((old) => old.id === one.id);
    if (was?.code !== one.code)
      expect(Number(one.code.slice(-3)), "a number of its own").toBeGreaterThan(highest);
  }
  await drawn(page);
  await page.screenshot({ path: join(LOOKS, "number-all.png") });
  await page.getByRole("button", { name: "撤销", exact: true }).first().click();
  await expect.poll(() => codesOf(page, server, plan, code)).toEqual(before);
});
