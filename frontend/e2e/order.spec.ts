import { conversation, entry } from "./support/parts.ts";
import { SandboxApi } from "./support/sandbox.ts";
import { expect, test } from "./support/test.ts";

// Knobs belong to a whole channel: these tests take turns.
test.describe.configure({ mode: "serial" });

for (const [channel, label] of [
  ["whatsapp", "WhatsApp"],
  ["facebook", "Messenger"],
] as const) {
  test(`${label}: held back, reversed and delivered again, each message is there once`, async ({
    page,
    stack,
    signedIn,
  }) => {
    const sandbox = new SandboxApi(stack.url);
    const mia = await sandbox.newCustomer(channel, `Mia ${label}`);
    const first = await sandbox.write(mia, `Opening by ${mia.platform_id}`);
    await page.goto(`/sandbox?customer=${mia.id}`);
    await page.getByRole("combobox", { name: "Deliveries" }).selectOption("Held back, for you to order");
    const field = page.getByRole("textbox", { name: `Write as Mia ${label}` });
    for (const text of ["Alpha", "Beta", "Gamma"]) {
      await field.fill(text);
      await field.press("Enter");
      await expect(page.getByRole("article").filter({ hasText: text })).toHaveAttribute("data-state", "held");
    }
    await page.getByRole("button", { name: "Deliver reversed" }).click();
    await expect(page.locator("article[data-state=held]")).toHaveCount(0);
    await page.getByRole("combobox", { name: "Deliveries" }).selectOption("At once");

    // Once more through the page, and once more by the API.
    await page
      .getByRole("article")
      .filter({ hasText: "Beta" })
      .getByRole("button", { name: "Look inside" })
      .click();
    await page.getByRole("button", { name: "Deliver again" }).click();
    await expect(page.getByRole("region", { name: "Inside the message" })).toContainText('"duplicates":1');
    const again = await sandbox.redeliver(first);
    expect(again.deliveries.at(-1)?.answer.duplicates).toBe(1);

    const desk = await signedIn("agent");
    await desk.goto(`/?q=${mia.platform_id}`);
    await desk.getByRole("list", { name: "Tickets" }).getByRole("link").first().click();
    await expect(entry(desk, "Alpha")).toBeVisible();
    const texts = await conversation(desk)
      .locator("article[data-sender=customer]")
      .evaluateAll((articles) =>
        articles.map((article) => /Opening|Alpha|Beta|Gamma/.exec(article.textContent ?? "")?.[0]),
      );
    expect([...texts].sort()).toEqual(["Alpha", "Beta", "Gamma", "Opening"]);
    await expect(desk.getByRole("list", { name: "Tickets" }).getByRole("link")).toHaveCount(1);
  });
}
