import { rows } from "./support/parts.ts";
import { expect, signInByForm, test } from "./support/test.ts";
import { newCustomer, writeOnWhatsApp } from "./support/whatsapp.ts";

test.describe("with a wrong password first", () => {
  // The browser itself reports the refusal.
  test.use({ allowed: /400 \(Bad Request\)/ });

  test("an agent is told so, signs in, and is where the link led", async ({ page, stack, desk }) => {
    const ann = newCustomer("Ann Link");
    await writeOnWhatsApp(stack.url, ann, "A link, please.");
    const { ticket_id } = await desk.ticketOf(ann.number);
    await page.goto(`/tickets/${ticket_id}`);
    await signInByForm(page, { email: stack.info.agent.email, password: "Wrong-pass-1" });
    await expect(page.getByRole("alert")).toContainText("Incorrect username or password");
    await signInByForm(page, stack.info.agent);
    await expect(page.getByRole("heading", { name: "Ann Link", level: 1 })).toBeVisible();
    expect(new URL(page.url()).pathname).toBe(`/tickets/${ticket_id}`);
  });
});

test("signing out forgets the tokens", async ({ page, stack }) => {
  await page.goto("/");
  await signInByForm(page, stack.info.agent);
  await expect(
    rows(page)
      .first()
      .or(page.getByText(/No tickets yet|No ticket matches/)),
  ).toBeVisible();
  const tokens = () =>
    page.evaluate(() =>
      [...Object.keys(sessionStorage), ...Object.keys(localStorage)].filter((key) => /token/i.test(key)),
    );
  expect(await tokens()).not.toEqual([]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  expect(await tokens()).toEqual([]);
});
