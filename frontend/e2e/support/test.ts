import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { amplifyEntries, signInByApi } from "./cognito.ts";
import { Desk } from "./desk.ts";
import { type Person, type Stack, startStack } from "./stack.ts";

interface Fixtures {
  /** Complaints of the page that this test provokes; any other fails it. */
  allowed: RegExp;
  /** The API as the agent. */
  desk: Desk;
  /** A page of somebody who is signed in. */
  signedIn: (who: "agent" | "supervisor") => Promise<Page>;
}

export const test = base.extend<Fixtures, { stack: Stack }>({
  stack: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures here.
    async ({}, use) => {
      const stack = await startStack();
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  baseURL: async ({ stack }, use) => use(stack.url),
  // Matches nothing.
  allowed: [/(?!)/, { option: true }],
  context: async ({ context, allowed }, use) => {
    const complaints: string[] = [];
    context.on("page", (page) => watch(page, complaints));
    await use(context);
    const unexpected = complaints.filter((complaint) => !allowed.test(complaint));
    expect(unexpected, "what the browser complained of").toEqual([]);
  },
  desk: async ({ stack }, use) => use(await Desk.of(stack.info, stack.info.agent)),
  signedIn: async ({ browser, stack, allowed, baseURL }, use) => {
    const complaints: string[] = [];
    const opened: BrowserContext[] = [];
    await use(async (who) => {
      const context = await browser.newContext({
        baseURL: baseURL ?? stack.url,
        viewport: { width: 1400, height: 900 },
      });
      opened.push(context);
      const page = await context.newPage();
      watch(page, complaints);
      await signIn(page, stack, stack.info[who]);
      return page;
    });
    for (const context of opened) await context.close();
    const unexpected = complaints.filter((complaint) => !allowed.test(complaint));
    expect(unexpected, "what the browser complained of").toEqual([]);
  },
});

/** Collects errors of the console, of scripts and of the content security policy. */
function watch(page: Page, complaints: string[]): void {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
}

/** Signs a page in without the form, until its tab is closed or it signs out. */
export async function signIn(page: Page, stack: Stack, person: Person): Promise<void> {
  const entries = amplifyEntries(stack.info, await signInByApi(stack.info, person));
  await page.addInitScript((entries) => {
    // Runs in frames too, of which some have no storage.
    if (window.top !== window) return;
    if (sessionStorage.getItem("e2e.signed-in") !== null) return;
    sessionStorage.setItem("e2e.signed-in", "once");
    for (const [key, value] of Object.entries(entries)) sessionStorage.setItem(key, value);
  }, entries);
}

/** Signs in by the form. */
export async function signInByForm(page: Page, person: Person): Promise<void> {
  await page.getByRole("textbox", { name: "Email" }).fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export { expect };
