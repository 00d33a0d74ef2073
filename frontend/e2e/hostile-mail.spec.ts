import { makeMessage, makeTicket } from "../src/test/builders.ts";
import { EVIL, HOSTILE, MUTATING } from "./support/hostile.ts";
import { entry } from "./support/parts.ts";
import { SandboxApi } from "./support/sandbox.ts";
import { STILL_TICKET, standStill } from "./support/still.ts";
import { expect } from "./support/test.ts";
import { dangersIn, readFrame, test, watchFor } from "./support/trap.ts";

const MAILS = [
  ...Object.entries(HOSTILE).map(([name, vectors]) => ({ name, html: vectors.join("\n") })),
  ...MUTATING.map((html, index) => ({ name: `mutation ${index + 1}`, html })),
];

// The browser itself reports what it does not let the frame do, of hostile mail and of the test's own looking.
test.use({
  allowed:
    /Content Security Policy|sandboxed|ERR_|404|Unsafe attempt|is not supported|Refused|was blocked|Blocked setting/,
});

test("hostile mail comes to the desk and can do nothing there", async ({ stack, desk, signedIn, harm }) => {
  test.setTimeout(300_000);
  const sandbox = new SandboxApi(stack.url);
  const page = await signedIn("agent");
  await watchFor(page, stack, harm);
  const eve = await sandbox.newCustomer("email", "Eve Hostile", "eve@hostile.example");
  const words = (name: string) => `Words of ${name}.`;
  for (const { name, html } of MAILS) {
    const mail = { subject: `Hostile ${name}`, text: words(name), html: `<p>Before.</p>${html}` };
    await sandbox.mail(eve, mail);
  }
  const { tickets } = await desk.call<{ tickets: { ticket_id: string; subject: string }[] }>(
    "GET",
    "/api/tickets?q=hostile&limit=100",
  );
  for (const { name } of MAILS) {
    const text = words(name);
    const ticket = tickets.find(({ subject }) => subject === `Hostile ${name}`);
    await page.goto(`/tickets/${ticket?.ticket_id}`);
    await expect(entry(page, text)).toBeVisible();
    await page.getByRole("button", { name: "Show formatted" }).click();
    await readFrame(page);
    await expect(page.locator("iframe"), name).toHaveAttribute("srcdoc", /<p>Before\.<\/p>/);
    expect(await dangersIn(page), name).toEqual([]);
    expect(harm, name).toEqual([]);
  }
});

test("what the desk let through would do nothing either: the frame and its policy stop it", async ({
  page,
  stack,
  harm,
}) => {
  test.setTimeout(300_000);
  await standStill(page, stack.info);
  await watchFor(page, stack, harm);
  let html = "";
  await page.route(/\/api\/tickets\/[^/?]+$/, (route) =>
    route.fulfill({
      json: makeTicket({
        ticket_id: STILL_TICKET.split("/").at(-1) ?? "",
        timeline: [makeMessage({ channel: "email", content_type: "email", content: "Words", html })],
      }),
    }),
  );
  for (const one of MAILS) {
    html = `<p>Before.</p>${one.html}`;
    await page.goto(STILL_TICKET);
    await page.getByRole("button", { name: "Show formatted" }).click();
    await readFrame(page);
    expect(harm, one.name).toEqual([]);
  }
  await page.goto(`https://${EVIL}/`).catch(() => undefined);
  expect(harm, "the trap catches what comes").not.toEqual([]);
});
