import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { conversation, entry, reply, replyField, rows } from "./support/parts.ts";
import { RULES } from "./support/rules.ts";
import { SandboxApi } from "./support/sandbox.ts";
import { expect, test } from "./support/test.ts";

// Knobs and pauses belong to a whole channel: these tests take turns.
test.describe.configure({ mode: "serial" });

test.afterEach(async ({ stack }) => {
  for (const channel of ["whatsapp", "facebook"])
    await new SandboxApi(stack.url).set(channel, { fault: { kind: "none" }, receipts: "delivered" });
});

async function everybodyCanUse(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`)).toEqual([]);
}

/** The first account of a channel on the page of the channels, opened by a supervisor. */
async function accountOf(boss: Page, channel: string): Promise<Locator> {
  await boss.goto("/");
  await boss.getByRole("link", { name: "Channels" }).click();
  const rows = boss.getByRole("row").filter({ hasText: channel });
  return rows.filter({ hasText: /Working|Paused/ }).first();
}

test("a mail is taken back within its five seconds, and is there to be written anew", async ({
  stack,
  signedIn,
}) => {
  const sandbox = new SandboxApi(stack.url);
  const ida = await sandbox.newCustomer("email", "Ida Undo", "ida.undo@example.org");
  await sandbox.mail(ida, { kind: "text", text: "Anybody?", subject: "Undoable" });
  const page = await signedIn("agent");
  await page.goto("/?q=undoable");
  await rows(page).click();
  await reply(page, "Sent too early");
  await expect(page.getByText(/^Sending in \d s\.$/)).toBeVisible();
  await everybodyCanUse(page);
  await page.keyboard.press("Control+z");
  await expect(entry(page, "Sent too early")).toContainText("Taken back, never sent");
  await expect(replyField(page)).toHaveValue("Sent too early");
  await replyField(page).fill("Sent in time");
  await page.keyboard.press("Control+Enter");
  await expect(entry(page, "Sent in time")).toHaveAttribute("data-delivery", "delivered", {
    timeout: 30_000,
  });
  await expect(page.getByText(/^Sending in/)).toHaveCount(0);
  expect(await sandbox.sentTo("ida.undo@example.org")).toEqual(["Sent in time"]);
});

test("a failed reply says why, and is sent again", async ({ stack, desk, signedIn }) => {
  const sandbox = new SandboxApi(stack.url);
  const lou = await sandbox.newCustomer("facebook", "Lou Again");
  await sandbox.write(lou, "Hello?");
  await sandbox.set("facebook", { fault: { kind: "window_closed", times: 1 } });
  const { ticket_id } = await desk.ticketOf(lou.platform_id);
  const page = await signedIn("agent");
  await page.goto(`/tickets/${ticket_id}`);
  await reply(page, "Second time lucky");
  const sent = entry(page, "Second time lucky");
  await expect(sent).toHaveAttribute("data-delivery", "failed", { timeout: 30_000 });
  await everybodyCanUse(page);
  await sent.getByRole("button", { name: "Send again" }).focus();
  await page.keyboard.press("Enter");
  await expect(sent).toHaveAttribute("data-delivery", "delivered", { timeout: 30_000 });
  expect(await sandbox.sentTo(lou.platform_id)).toEqual(["Second time lucky"]);
});

test("a reply nobody knows of is told to have arrived", async ({ stack, desk, signedIn }) => {
  test.setTimeout(180_000);
  const sandbox = new SandboxApi(stack.url);
  const kim = await sandbox.newCustomer("whatsapp", "Kim Lost");
  await sandbox.write(kim, "Hello?");
  await sandbox.set("whatsapp", { fault: { kind: "answer_lost", times: 1 }, receipts: "none" });
  const { ticket_id } = await desk.ticketOf(kim.platform_id);
  const page = await signedIn("agent");
  await page.goto(`/tickets/${ticket_id}`);
  await reply(page, "Did it arrive?");
  const sent = entry(page, "Did it arrive?");
  await expect(sent).toContainText("Not confirmed", { timeout: 120_000 });
  await sent.getByRole("button", { name: "It arrived" }).click();
  await expect(sent).toHaveAttribute("data-delivery", "sent");
  await expect(sent.getByRole("button")).toHaveCount(0);
  expect(await sandbox.sentTo(kim.platform_id)).toEqual(["Did it arrive?"]);
});

test("what may have arrived is not taken back as if it had never been sent", async ({
  stack,
  desk,
  signedIn,
}) => {
  test.setTimeout(180_000);
  const sandbox = new SandboxApi(stack.url);
  const uma = await sandbox.newCustomer("whatsapp", "Uma Unsure");
  await sandbox.write(uma, "Hello?");
  await sandbox.set("whatsapp", { fault: { kind: "answer_lost", times: 1 }, receipts: "none" });
  const { ticket_id } = await desk.ticketOf(uma.platform_id);
  const page = await signedIn("agent");
  await page.goto(`/tickets/${ticket_id}`);
  await reply(page, "Perhaps twice");
  const sent = entry(page, "Perhaps twice");
  await expect(sent).toContainText("Not confirmed", { timeout: 120_000 });
  const boss = await signedIn("supervisor");
  const account = await accountOf(boss, "WhatsApp");
  await account.getByRole("button", { name: /^Pause/ }).click();
  await boss.getByRole("button", { name: "Pause it" }).click();
  await expect(account).toContainText("Paused");

  await sent.getByRole("button", { name: "Send again" }).click();
  await sent.getByRole("button", { name: "Undo" }).click();
  await expect(sent).toContainText("Taken back in part");
  await expect(sent).toContainText("what went before may have arrived");
  await expect(replyField(page)).toHaveValue("");
  await everybodyCanUse(page);
  await sent.getByRole("button", { name: "It arrived" }).click();
  await expect(sent).toHaveAttribute("data-delivery", "sent");
  await account.getByRole("button", { name: /^Resume/ }).click();
  await expect(account).toContainText("Working");
  expect(await sandbox.sentTo(uma.platform_id)).toEqual(["Perhaps twice"]);
});

test("a customer is shown that a reply is typed, and not that a note is", async ({
  stack,
  desk,
  signedIn,
}) => {
  const sandbox = new SandboxApi(stack.url);
  const tia = await sandbox.newCustomer("instagram", "Tia Typing");
  await sandbox.write(tia, "Hello?");
  const { ticket_id } = await desk.ticketOf(tia.platform_id);
  const page = await signedIn("agent");
  await page.goto(`/tickets/${ticket_id}`);
  await page.getByText("Internal note", { exact: true }).click();
  await page.getByRole("textbox", { name: "Internal note" }).pressSequentially("She is new");
  await page.getByText("Reply", { exact: true }).click();
  const before = (await sandbox.callsTo("instagram")).length;
  const calls = async () => (await sandbox.callsTo("instagram")).slice(before);
  const told = page.waitForResponse((response) => response.url().endsWith("/typing"));
  await replyField(page).pressSequentially("Let me look");
  expect((await told).status()).toBe(204);
  await expect.poll(calls).toEqual(["Shows that somebody types."]);
  await page.keyboard.press("Control+Enter");
  await expect(entry(page, "Let me look")).toHaveAttribute("data-delivery", /sent|read/, { timeout: 30_000 });
  expect(await calls()).toEqual(["Shows that somebody types.", "Taken."]);
});

test("a file is uploaded and sent without words", async ({ stack, desk, signedIn }) => {
  const sandbox = new SandboxApi(stack.url);
  const max = await sandbox.newCustomer("whatsapp", "Max File");
  await sandbox.write(max, "Send me the bill");
  const { ticket_id } = await desk.ticketOf(max.platform_id);
  const page = await signedIn("agent");
  await page.goto(`/tickets/${ticket_id}`);
  await expect(replyField(page)).toBeVisible();
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Attach files" }).click();
  await (await choosing).setFiles({
    name: "bill.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"),
  });
  await expect(page.getByRole("list", { name: "Files to send" })).toContainText("bill.pdf");
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  await everybodyCanUse(page);
  await page.getByRole("button", { name: "Send reply" }).click();
  const link = conversation(page).getByRole("link", { name: "bill.pdf" });
  await expect(link).toBeVisible();
  const sent = conversation(page)
    .getByRole("article")
    .filter({ has: page.getByRole("link", { name: "bill.pdf" }) });
  await expect(sent).toHaveAttribute("data-delivery", "delivered", { timeout: 30_000 });
});

test("a supervisor pauses a channel, what is written waits, and goes out once it is resumed", async ({
  stack,
  desk,
  signedIn,
}) => {
  const sandbox = new SandboxApi(stack.url);
  const pam = await sandbox.newCustomer("facebook", "Pam Pause");
  await sandbox.write(pam, "Hello?");
  const { ticket_id } = await desk.ticketOf(pam.platform_id);
  const boss = await signedIn("supervisor");
  const account = await accountOf(boss, "Messenger");
  await expect(account).toContainText("Working");
  await account.getByRole("button", { name: /^Pause/ }).click();
  await expect(boss.getByRole("dialog", { name: /^Pause Messenger/ })).toBeVisible();
  await everybodyCanUse(boss);
  await boss.getByRole("button", { name: "Pause it" }).click();
  await expect(account).toContainText("Paused");
  await everybodyCanUse(boss);

  const page = await signedIn("agent");
  await page.goto(`/tickets/${ticket_id}`);
  await expect(page.getByRole("link", { name: "Channels" })).toHaveCount(0);
  await reply(page, "As soon as it may");
  await expect(entry(page, "As soon as it may")).toContainText("paused", {
    ignoreCase: true,
    timeout: 30_000,
  });
  expect(await sandbox.sentTo(pam.platform_id)).toEqual([]);
  await boss.getByRole("button", { name: "Read again" }).click();
  await expect(account).toContainText("oldest");

  await account.getByRole("button", { name: /^Resume/ }).click();
  await expect(account).toContainText("Working");
  await expect(entry(page, "As soon as it may")).toHaveAttribute("data-delivery", "delivered", {
    timeout: 60_000,
  });
  expect(await sandbox.sentTo(pam.platform_id)).toEqual(["As soon as it may"]);
});
