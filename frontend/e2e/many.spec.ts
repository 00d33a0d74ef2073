import { Desk } from "./support/desk.ts";
import { copyTicket } from "./support/many.ts";
import { rows } from "./support/parts.ts";
import { type Stack, startStack } from "./support/stack.ts";
import { expect, signIn, test } from "./support/test.ts";
import { newCustomer, writeOnWhatsApp } from "./support/whatsapp.ts";

const COUNT = 10_000;

let running: Stack | undefined;
test.afterEach(async ({ page }) => {
  await page.close();
  await running?.stop();
});

test("10,000 tickets: the list holds few rows, scrolls to its end and is searched", async ({ page }) => {
  test.setTimeout(300_000);
  // A stack of its own: no other test has to live with so many.
  const stack = await startStack();
  running = stack;
  const desk = await Desk.of(stack.info, stack.info.agent);
  const ina = newCustomer("Ina Many");
  await writeOnWhatsApp(stack.url, ina, "One of many");
  const { ticket_id } = await desk.ticketOf(ina.number);
  await copyTicket(stack.info, ticket_id, COUNT);

  await signIn(page, stack, stack.info.agent);
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map((entry) => entry.duration)),
    ).observe({
      type: "longtask",
    });
  });
  await page.goto(stack.url);
  await expect(rows(page).first()).toBeVisible();
  const list = page.getByRole("list", { name: "Tickets" });
  const scroller = list.locator("..");
  const last = list
    .getByRole("listitem")
    .filter({ hasText: `Customer ${String(COUNT - 1).padStart(5, "0")}` });
  await expect(async () => {
    await scroller.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await expect(last).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: 180_000, intervals: [50] });
  expect(await list.getByRole("listitem").count()).toBeLessThan(60);
  const size = Number(await last.getAttribute("aria-setsize"));
  expect(size).toBeGreaterThan(COUNT);
  expect(Number(await last.getAttribute("aria-posinset"))).toBeGreaterThan(COUNT - 1);

  // Something new comes in: what is looked at stays where it is.
  const before = await last.boundingBox();
  await writeOnWhatsApp(stack.url, newCustomer("Ivo New"), "New on top");
  await expect.poll(async () => Number(await last.getAttribute("aria-setsize"))).toBe(size + 1);
  expect((await last.boundingBox())?.y).toBe(before?.y);

  await page.getByRole("searchbox", { name: "Search tickets" }).fill("Customer 04321");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("Customer 04321");

  const longest = await page.evaluate(() =>
    Math.max(0, ...(window as unknown as { longTasks: number[] }).longTasks),
  );
  console.log(`longest task with ${COUNT} tickets: ${Math.round(longest)} ms`);
});
