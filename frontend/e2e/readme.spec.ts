import { entry } from "./support/parts.ts";
import { STILL_TICKET, standStill, stillPhones } from "./support/still.ts";
import { expect, test } from "./support/test.ts";

/** The README's pictures, wide enough to be sharp where they are shown smaller. */
test.use({ viewport: { width: 1400, height: 860 } });

test("the README shows the workbench as it is", async ({ page, stack }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await standStill(page, stack.info);
  await page.goto(STILL_TICKET);
  await expect(entry(page, "thank you so much")).toBeVisible();
  await expect(page.getByText("Change of address")).toBeVisible();
  await expect(page.getByText("Sam Rivera").first()).toBeVisible();
  await expect(page).toHaveScreenshot("inbox.png");
});

test("the README shows the sandbox as it is", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await stillPhones(page);
  await page.goto("/sandbox?customer=c1");
  await expect(page.getByRole("article").filter({ hasText: "thank you so much" })).toBeVisible();
  await expect(page).toHaveScreenshot("sandbox.png");
});
