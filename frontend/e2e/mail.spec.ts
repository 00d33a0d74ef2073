import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { conversation, entry, reply, rows } from "./support/parts.ts";
import { RULES } from "./support/rules.ts";
import { SandboxApi } from "./support/sandbox.ts";
import { expect, test } from "./support/test.ts";

// Looking into a frame that runs no script is reported by the browser as a script.
test.use({ allowed: /Blocked script execution in 'about:srcdoc'/ });

/** Opens the only ticket that is found by `word`. */
async function openTicket(page: Page, word: string): Promise<void> {
  await page.goto(`/?q=${word}`);
  await expect(rows(page)).toHaveCount(1);
  await rows(page).click();
}

async function everybodyCanUse(page: Page): Promise<void> {
  // What customers write in a frame is theirs.
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).exclude("iframe").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`)).toEqual([]);
}

test("a thread of mails holds over answers from Gmail, Outlook and Apple Mail", async ({
  page,
  stack,
  signedIn,
}) => {
  test.setTimeout(150_000);
  const sandbox = new SandboxApi(stack.url);
  const mia = await sandbox.newCustomer("email", "Mia Thread", "mia.thread@example.org");
  await page.goto(`/sandbox?customer=${mia.id}`);
  await page.getByRole("textbox", { name: "Subject" }).fill("Threadbare coat");
  await page.getByRole("textbox", { name: "Write as Mia Thread" }).fill("The coat has a hole.");
  await page.getByRole("button", { name: "Send" }).click();
  const desk = await signedIn("agent");
  await openTicket(desk, "threadbare");
  await expect(entry(desk, "The coat has a hole.")).toHaveAttribute("data-sender", "customer");
  await expect(desk.getByText("to mia.thread@example.org")).toBeVisible();
  for (const [kind, text] of [
    ["reply_gmail", "It fits, says Gmail"],
    ["reply_outlook", "It fits, says Outlook"],
    ["reply_apple", "It fits, says Apple"],
  ] as const) {
    const answer = `Our answer before ${kind}`;
    await reply(desk, answer);
    await expect(entry(desk, answer)).toHaveAttribute("data-delivery", "delivered");
    const bubble = page.getByRole("article").filter({ hasText: answer }).first();
    await expect(bubble).toContainText("Threadbare coat");
    await sandbox.send(mia, kind, text);
    await expect(entry(desk, text)).toBeVisible();
    // Words in a frame are no words of the entry.
    const id = await entry(desk, text).getAttribute("data-message-id");
    const got = conversation(desk).locator(`[data-message-id=${id}]`);
    const toggle = got.getByRole("button", { name: "Show quoted text" });
    await expect(got.getByText(answer).first()).toBeHidden();
    await toggle.focus();
    await desk.keyboard.press("Enter");
    await expect(got.getByRole("button", { name: "Hide quoted text" })).toHaveAttribute(
      "aria-expanded",
      "true",
    );
    await expect(got.getByText(answer).first()).toBeVisible();
    await got.getByRole("button", { name: "Show formatted" }).click();
    const frame = got.frameLocator("iframe");
    await expect(frame.getByText(text)).toBeVisible();
    await expect(frame.getByText(answer)).toBeHidden();
    await frame.getByText("Quoted text").first().click();
    await expect(frame.getByText(answer)).toBeVisible();
    await everybodyCanUse(desk);
  }
  await expect(rows(desk)).toHaveCount(1);
});

test("who is new, what a machine sent and what came back is marked, and the reply still goes to the customer", async ({
  stack,
  signedIn,
}) => {
  const sandbox = new SandboxApi(stack.url);
  const noa = await sandbox.newCustomer("email", "Noa Marks", "noa.marks@example.org");
  await sandbox.mail(noa, { kind: "text", text: "Marked question", subject: "Markings" });
  const desk = await signedIn("agent");
  await openTicket(desk, "markings");
  await reply(desk, "A first answer");
  await expect(entry(desk, "A first answer")).toHaveAttribute("data-delivery", "delivered");
  await sandbox.send(noa, "stranger", "I know a secret");
  const stranger = entry(desk, "I know a secret");
  await expect(stranger).toContainText("Sam Stranger");
  await expect(stranger).toContainText("sam@elsewhere.example.net");
  await expect(stranger).toContainText("Not part of this ticket until now");
  await expect(stranger).toContainText("Sender not confirmed");
  await expect(desk.getByText("to noa.marks@example.org")).toBeVisible();
  await sandbox.send(noa, "auto_reply");
  await expect(entry(desk, "I am away until Monday.")).toContainText("Automatic mail");
  await everybodyCanUse(desk);
  await reply(desk, "Only for Noa");
  await expect(entry(desk, "Only for Noa")).toHaveAttribute("data-delivery", "delivered");
  expect(await sandbox.sentTo("noa.marks@example.org")).toEqual(["A first answer", "Only for Noa"]);
  await sandbox.send(noa, "bounce");
  await expect(entry(desk, "Only for Noa")).toHaveAttribute("data-delivery", /failed|delivered/);
});

test("pictures in a mail are shown, files are there, and letters of old charsets are read", async ({
  stack,
  signedIn,
}) => {
  const sandbox = new SandboxApi(stack.url);
  const pia = await sandbox.newCustomer("email", "Pia Parts", "pia.parts@example.org");
  await sandbox.mail(pia, { kind: "image", text: "A picture inside", subject: "Pictured" });
  await sandbox.mail(pia, { kind: "file", text: "A file beside", subject: "Filed" });
  await sandbox.mail(pia, { kind: "parsed", text: "Schöne Grüße", subject: "Größe für Müller" });
  const desk = await signedIn("agent");
  await openTicket(desk, "pictured");
  await desk.getByRole("button", { name: "Show formatted" }).click();
  const picture = desk.frameLocator("iframe").getByRole("img");
  await expect
    .poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth), "the picture is loaded")
    .toBeGreaterThan(0);
  await openTicket(desk, "filed");
  await expect(conversation(desk).getByRole("link", { name: "receipt.pdf" })).toBeVisible();
  await openTicket(desk, "müller");
  await expect(entry(desk, "Schöne Grüße")).toBeVisible();
  await expect(desk.getByText("Größe für Müller").first()).toBeVisible();
});

test("a visitor of the chat who answers our mail stays in the chat's ticket", async ({ stack, signedIn }) => {
  const sandbox = new SandboxApi(stack.url);
  const vic = await sandbox.newCustomer("web_chat", "Vic Chatter", "vic.chatter@example.org");
  await sandbox.write(vic, "Chatted away");
  const desk = await signedIn("agent");
  await openTicket(desk, "chatted");
  await reply(desk, "Mailed to the visitor");
  await expect(entry(desk, "Mailed to the visitor")).toHaveAttribute("data-delivery", "delivered");
  await sandbox.send(vic, "reply_apple", "Answered by mail");
  await expect(entry(desk, "Answered by mail")).toContainText("by Email");
  await expect(entry(desk, "Answered by mail")).not.toContainText("Not part of this ticket");
});

test.describe("a mail that nobody has", () => {
  test.afterEach(async ({ stack }) => {
    await new SandboxApi(stack.url).set("email", { fault: { kind: "none" } });
  });

  test("comes back, and the reply says so", async ({ stack, signedIn }) => {
    const sandbox = new SandboxApi(stack.url);
    const una = await sandbox.newCustomer("email", "Una Gone", "una.gone@example.org");
    await sandbox.mail(una, { kind: "text", text: "Gone soon", subject: "Vanishing" });
    await sandbox.set("email", { fault: { kind: "bounced", times: 1 } });
    const desk = await signedIn("agent");
    await openTicket(desk, "vanishing");
    await reply(desk, "To nobody");
    await expect(entry(desk, "To nobody")).toHaveAttribute("data-delivery", "failed");
    expect(await sandbox.sentTo("una.gone@example.org")).toEqual([]);
  });
});
