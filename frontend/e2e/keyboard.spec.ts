import { entry, rows } from "./support/parts.ts";
import { expect, test } from "./support/test.ts";
import { newCustomer, writeOnWhatsApp } from "./support/whatsapp.ts";

test("from the sign-in to a sent reply without a mouse", async ({ page, stack }) => {
  const eve = newCustomer("Eve Keys");
  await writeOnWhatsApp(stack.url, eve, "Can you hear me?");
  await page.goto("/");
  await expect(page.getByRole("textbox", { name: "Email" })).toBeVisible();
  const press = (key: string) => page.keyboard.press(key);
  await press("Tab");
  await page.keyboard.type(stack.info.agent.email);
  await press("Tab");
  await page.keyboard.type(stack.info.agent.password);
  await press("Enter");
  await expect(rows(page).first()).toBeVisible();

  await press("/");
  await page.keyboard.type(eve.number);
  await press("Enter");
  await expect(rows(page)).toHaveCount(1);
  await press("Escape");
  await press("j");
  await expect(rows(page).filter({ hasText: "Eve Keys" })).toBeFocused();
  await press("Enter");
  await expect(entry(page, "Can you hear me?")).toBeVisible();
  await press("r");
  await expect(page.getByRole("textbox", { name: "Reply to Eve Keys" })).toBeFocused();
  await page.keyboard.type("Loud and clear.");
  await press("Control+Enter");
  await expect(entry(page, "Loud and clear.")).toHaveAttribute("data-delivery", "delivered");

  await press("Escape");
  await press("n");
  await page.keyboard.type("j k r are letters here");
  await expect(page.getByRole("textbox", { name: "Internal note" })).toHaveValue("j k r are letters here");
  await press("Escape");
  await press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await press("u");
  await expect(page).toHaveURL(/\/\?q=/);
});
