import { entry, reply, rows } from "./support/parts.ts";
import { expect, signInByForm, test } from "./support/test.ts";

/** What a person does who has just started the product: be each seeded customer, then answer as the agent. */
const CUSTOMERS = [
  { name: "Ann Weber", channel: "WhatsApp", shown: "Ann Weber", reads: true, answer: "Delivered" },
  { name: "Ben Okafor", channel: "Messenger", shown: "Ben Okafor", reads: true, answer: "Delivered" },
  { name: "Chloé Martin", channel: "Chat", shown: "Chloé Martin", reads: false, answer: "Delivered" },
  { name: "Mara Novak", channel: "Email", shown: "Mara Novak", reads: false, answer: "Delivered" },
];

for (const customer of CUSTOMERS) {
  test.describe(`the first run on ${customer.channel}`, () => {
    // The browser itself reports the refused password.
    test.use({ allowed: /400 \(Bad Request\)/ });

    test("a customer writes, an agent signs in and answers, the phone shows it, the ticks follow", async ({
      page,
      context,
      stack,
    }) => {
      const question = `Does ${customer.channel} work?`;
      const answer = `Yes, ${customer.channel} works.`;
      await page.goto("/sandbox");
      await page.getByRole("button", { name: `${customer.name}, ${customer.channel}` }).click();
      await page.getByRole("textbox", { name: `Write as ${customer.name}` }).fill(question);
      await page.getByRole("button", { name: "Send" }).click();
      const phone = page.getByRole("region", { name: `Phone of ${customer.name}` });
      await expect(phone.getByRole("article").filter({ hasText: question })).toHaveAttribute(
        "data-state",
        "delivered",
      );

      const [desk] = await Promise.all([
        context.waitForEvent("page"),
        page.getByRole("link", { name: "Open the workbench" }).click(),
      ]);
      await signInByForm(desk, { email: stack.info.agent.email, password: "Not-the-pass-1" });
      await expect(desk.getByRole("alert")).toContainText("Incorrect username or password");
      await signInByForm(desk, stack.info.agent);
      const row = rows(desk).filter({ hasText: question });
      await expect(row).toContainText("New");
      await row.click();
      await expect(desk.getByRole("heading", { level: 1, name: customer.shown })).toBeVisible();
      await reply(desk, answer);
      await expect(entry(desk, answer)).toContainText(customer.answer);
      await expect(desk.getByRole("combobox", { name: "Status" })).toHaveValue("open");
      await expect(row.or(rows(desk).filter({ hasText: answer })).first()).toContainText("Open");

      const received = phone.getByRole("article").filter({ hasText: answer });
      await expect(received).toHaveAttribute("data-direction", "out");
      await expect(received).toHaveCount(1);
      if (customer.reads) {
        await page.getByRole("button", { name: `${customer.name} reads everything` }).click();
        await expect(entry(desk, answer)).toHaveAttribute("data-delivery", "read");
      }
    });
  });
}
