import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { entry, rows } from "./support/parts.ts";
import { RULES } from "./support/rules.ts";
import { STILL_MAIL, STILL_SENDING, STILL_TICKET, standStill, stillPhones } from "./support/still.ts";
import { expect, test } from "./support/test.ts";

const WIDTHS = [360, 900, 1400];
const THEMES = ["light", "dark"] as const;

interface Look {
  name: string;
  open: (page: Page, stack: Parameters<typeof standStill>[1]) => Promise<void>;
}

const LOOKS: Look[] = [
  {
    name: "sign-in",
    open: async (page) => {
      await page.goto("/");
      await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
    },
  },
  {
    name: "inbox",
    open: async (page, info) => {
      await standStill(page, info);
      await page.goto("/");
      await expect(rows(page).first()).toBeVisible();
    },
  },
  {
    name: "ticket",
    open: async (page, info) => {
      await standStill(page, info);
      await page.goto(STILL_TICKET);
      await expect(entry(page, "thank you so much")).toBeVisible();
      await expect(page.getByText("Change of address")).toBeAttached();
      await expect(page.getByText("20 Nov 2025")).toBeAttached();
      await expect(page.getByText("Sam Rivera").first()).toBeAttached();
    },
  },
  {
    name: "mail",
    open: async (page, info) => {
      await standStill(page, info);
      await page.goto(STILL_MAIL);
      await page.getByRole("button", { name: "Show formatted" }).click();
      await expect(page.frameLocator("iframe").getByText("Chair, ash")).toBeVisible();
      await page.getByRole("button", { name: "Show quoted text" }).click();
      await page.mouse.move(0, 0);
      await expect(page.getByText("Change of address")).toBeAttached();
      await expect(page.getByText("Sam Rivera").first()).toBeAttached();
    },
  },
  {
    name: "sending",
    open: async (page, info) => {
      await standStill(page, info);
      await page.goto(STILL_SENDING);
      await expect(entry(page, "within three days")).toContainText("goes out at about 14:45");
      await expect(page.getByText("You can answer on WhatsApp until 15:32.")).toBeVisible();
      await expect(page.getByText("Sam Rivera").first()).toBeAttached();
      await expect(page.getByText("Change of address")).toBeAttached();
      await expect(page.getByText("20 Nov 2025")).toBeAttached();
    },
  },
  {
    name: "channels",
    open: async (page, info) => {
      await standStill(page, info, "supervisor");
      await page.goto("/channels");
      await expect(page.getByRole("table", { name: "Accounts" })).toContainText("by Sam Rivera");
    },
  },
  {
    name: "sandbox",
    open: async (page) => {
      await stillPhones(page);
      await page.goto("/sandbox?customer=c1");
      await expect(page.getByRole("article").filter({ hasText: "thank you so much" })).toBeVisible();
    },
  },
];

/** Where a conversation stands after a frame in it grew is a matter of time; its picture must not be. */
async function toTheEnd(page: Page) {
  const conversation = page.getByRole("region", { name: "Conversation" });
  if (await conversation.isVisible()) {
    await conversation.evaluate((section) =>
      section.scrollTo({ top: section.scrollHeight, behavior: "instant" }),
    );
  }
}

// Looking into a frame that runs no script is reported by the browser as a script.
test.use({ allowed: /Blocked script execution in 'about:srcdoc'/ });

for (const look of LOOKS) {
  for (const theme of THEMES) {
    test(`${look.name} in the ${theme} theme looks as it was approved, and everybody can use it`, async ({
      page,
      stack,
    }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
        if (width === WIDTHS[0]) await look.open(page, stack.info);
        await toTheEnd(page);
        await expect(page).toHaveScreenshot(`${look.name}-${theme}-${width}.png`);
        // What customers write in a frame is theirs.
        const found = await new AxeBuilder({ page }).withTags(RULES).exclude("iframe").analyze();
        expect(
          found.violations.map(
            ({ id, nodes }) => `${width} px: ${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`,
          ),
        ).toEqual([]);
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
          `${width} px: nothing is cut off`,
        ).toBe(true);
      }
    });
  }
}

for (const theme of THEMES) {
  test(`what is drawn only at times can be used by everybody in the ${theme} theme too`, async ({
    page,
    stack,
  }) => {
    const check = async (what: string) => {
      const found = await new AxeBuilder({ page }).withTags(RULES).analyze();
      expect(
        found.violations.map(
          ({ id, nodes }) => `${what}: ${id}: ${nodes.map((node) => node.html).join(", ")}`,
        ),
      ).toEqual([]);
    };
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await standStill(page, stack.info);
    await page.setViewportSize({ width: 900, height: 900 });
    await page.goto(STILL_TICKET);
    await expect(entry(page, "thank you so much")).toBeVisible();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible();
    await check(`${theme}, shortcuts`);
    await page.keyboard.press("Escape");
    await page.getByRole("radio", { name: "Internal note" }).check({ force: true });
    await page.getByRole("button", { name: "Details" }).click();
    await check(`${theme}, note and details`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Filters" }).click();
    await expect(page.getByRole("navigation", { name: "Filters" })).toBeVisible();
    await check(`${theme}, filters`);
    await page.goto(STILL_TICKET);
    await page.getByRole("button", { name: "Templates" }).click();
    await expect(page.getByRole("searchbox", { name: "Search the templates" })).toBeFocused();
    await check(`${theme}, templates`);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("figure", { name: "What the customer will read" })).toBeVisible();
    await check(`${theme}, a template`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Write text instead" }).click();
    await page
      .getByLabel("Files", { exact: true })
      .setInputFiles({ name: "empty.txt", mimeType: "text/plain", buffer: Buffer.of() });
    await expect(page.getByText("It is empty.")).toBeVisible();
    await check(`${theme}, a file that is not taken`);
    await stillPhones(page);
    await page.setViewportSize({ width: 1400, height: 900 });
    await page.goto("/sandbox");
    await page.getByRole("button", { name: "Look inside" }).first().click();
    await check(`${theme}, inside a message`);
    await page.getByRole("button", { name: "New customer" }).click();
    await expect(page.getByRole("dialog", { name: "New customer" })).toBeVisible();
    await check(`${theme}, new customer`);
  });
}
