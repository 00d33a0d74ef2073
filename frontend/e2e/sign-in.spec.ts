import type { Page } from "@playwright/test";
import { inviteAgent, mailedCode, settlePassword } from "./support/cognito.ts";
import { rows } from "./support/parts.ts";
import { expect, signInByForm, test } from "./support/test.ts";
import { newCustomer, writeOnWhatsApp } from "./support/whatsapp.ts";

/** The list, which may be empty. */
const theInbox = (page: Page) =>
  rows(page)
    .first()
    .or(page.getByText(/No tickets yet|No ticket matches/));

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
  await expect(theInbox(page)).toBeVisible();
  const tokens = () =>
    page.evaluate(() =>
      [...Object.keys(sessionStorage), ...Object.keys(localStorage)].filter((key) => /token/i.test(key)),
    );
  expect(await tokens()).not.toEqual([]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  expect(await tokens()).toEqual([]);
});

test("somebody who was invited chooses a password at the first sign-in", async ({ page, stack }) => {
  const email = "invited@example.com";
  await inviteAgent(stack.info, { email, password: "Temporary-pass-1" });
  await page.goto("/");
  await signInByForm(page, { email, password: "Temporary-pass-1" });
  await page.getByLabel("New password").fill("Chosen-pass-1");
  await page.getByLabel("The same again").fill("Chosen-pass-1");
  await page.getByRole("button", { name: "Choose your password" }).click();
  await expect(theInbox(page)).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await signInByForm(page, { email, password: "Chosen-pass-1" });
  await expect(theInbox(page)).toBeVisible();
});

test("a forgotten password is replaced with a code from the mail", async ({ page, stack }) => {
  const email = "forgetful@example.com";
  await inviteAgent(stack.info, { email, password: "Forgotten-pass-1" });
  await settlePassword(stack.info, { email, password: "Forgotten-pass-1" });
  await page.goto("/");
  await page.getByRole("button", { name: "Forgot your password?" }).click();
  await page.getByRole("textbox", { name: "Email" }).fill(email);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await expect(page.getByLabel("Code from the mail")).toBeVisible();
  await page.getByLabel("Code from the mail").fill(await mailedCode(stack.info, email));
  await page.getByLabel("New password").fill("Remembered-pass-1");
  await page.getByLabel("The same again").fill("Remembered-pass-1");
  await page.getByRole("button", { name: "Set the password" }).click();
  await signInByForm(page, { email, password: "Remembered-pass-1" });
  await expect(theInbox(page)).toBeVisible();
});
