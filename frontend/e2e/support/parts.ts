import type { Locator, Page } from "@playwright/test";

/** The conversation of the open ticket. */
export const conversation = (page: Page): Locator => page.getByRole("region", { name: "Conversation" });

/** The entries of the open ticket that say `text`. */
export const entry = (page: Page, text: string | RegExp): Locator =>
  conversation(page).getByRole("article").filter({ hasText: text });

/** Rows of the list. */
export const rows = (page: Page): Locator => page.getByRole("list", { name: "Tickets" }).getByRole("link");

/** Where a reply is written. */
export const replyField = (page: Page): Locator => page.getByRole("textbox", { name: /^Reply to/ });

/** Writes a reply and sends it. */
export async function reply(page: Page, text: string): Promise<void> {
  await page.getByRole("radio", { name: "Reply" }).check({ force: true });
  await replyField(page).fill(text);
  await page.getByRole("button", { name: "Send reply" }).click();
}

/** Writes an internal note. */
export async function note(page: Page, text: string): Promise<void> {
  await page.getByRole("radio", { name: "Internal note" }).check({ force: true });
  await page.getByRole("textbox", { name: "Internal note" }).fill(text);
  await page.getByRole("button", { name: "Add note" }).click();
}
