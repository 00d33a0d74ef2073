import { createServer } from "node:net";
import { expect, type Page } from "@playwright/test";
import { EVIL } from "./hostile.ts";
import type { Stack } from "./stack.ts";
import { test as base } from "./test.ts";

/** Where the name of hostile mail leads: it answers nothing and remembers who came. */
export interface Trap {
  readonly port: number;
  readonly caught: string[];
}

/** Tests in a browser that takes hostile mail to the trap. */
export const test = base.extend<{ harm: string[] }, { trap: Trap }>({
  trap: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures here.
    async ({}, use) => {
      const caught: string[] = [];
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", (bytes) => {
          caught.push(
            bytes
              .toString("latin1")
              .replace(/[^ -~]+/gu, " ")
              .slice(0, 120),
          );
          socket.destroy();
        });
      });
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      const address = server.address();
      await use({ port: typeof address === "object" && address !== null ? address.port : 0, caught });
      server.close();
    },
    { scope: "worker" },
  ],
  launchOptions: [
    async ({ launchOptions, trap }, use) => {
      const rules = `MAP ${EVIL} 127.0.0.1:${trap.port}`;
      const args = [...(launchOptions.args ?? []), `--host-resolver-rules=${rules}`];
      await use({ ...launchOptions, args });
    },
    { scope: "worker" },
  ],
  /** What hostile mail has achieved so far. */
  harm: async ({ trap }, use) => {
    await use(trap.caught);
    trap.caught.length = 0;
  },
});

/** Notes dialogs, pages that open by themselves and scripts that ran in a page or told it so. */
export async function watchFor(page: Page, { info }: Stack, harm: string[]): Promise<void> {
  await page.exposeFunction("ranInPage", (what: string) => void harm.push(`ran: ${what}`));
  await page.addInitScript(() => {
    window.addEventListener("message", ({ data }) => {
      if (data === "ran") (window as unknown as { ranInPage: (what: string) => void }).ranInPage("a script");
    });
  });
  page.on("dialog", (dialog) => {
    harm.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (popup) => harm.push(`popup: ${popup.url()}`));
  const ours = [info.api_url, info.cognito.endpoint].map((url) => new URL(url).origin);
  page.on("response", (response) => {
    const { protocol, origin, href } = new URL(response.url());
    if (protocol.startsWith("http") && !ours.includes(origin)) harm.push(`response: ${href}`);
  });
}

/** Does with the frame what a reader does: points at it, enters it by keyboard, scrolls. */
export async function readFrame(page: Page): Promise<void> {
  const frame = page.locator("iframe");
  await expect(frame).toBeVisible();
  await frame.scrollIntoViewIfNeeded();
  const box = await frame.boundingBox();
  if (box !== null) {
    await page.mouse.move(box.x + 5, box.y + 5);
    await page.mouse.move(box.x + box.width / 2, box.y + Math.min(60, box.height / 2), { steps: 5 });
  }
  await frame.focus();
  for (const key of ["PageDown", "Tab", "Tab"]) await page.keyboard.press(key);
}

/** What in the documents of a page's frames could run, or would load from elsewhere. */
export function dangersIn(page: Page): Promise<string[]> {
  return page.locator("iframe").evaluateAll((frames) =>
    frames.flatMap((frame) => {
      const parsed = new DOMParser().parseFromString(frame.getAttribute("srcdoc") ?? "", "text/html");
      const dangers: string[] = [];
      const tags = "script, style, iframe, object, embed, form, svg, math, template, noscript, video, audio";
      for (const element of parsed.body.querySelectorAll(tags)) dangers.push(element.outerHTML);
      for (const element of parsed.body.querySelectorAll("*")) {
        for (const { name, value } of element.attributes) {
          const isLink = element.localName === "a" && name === "href" && /^(https?|mailto|tel):/u.test(value);
          const mayLoad = /^\s*[a-z+.-]*:|^\s*\/\//iu.test(value) && name !== "title" && name !== "alt";
          if (name.startsWith("on") || name === "style" || name === "srcset" || (mayLoad && !isLink))
            dangers.push(`${element.localName} ${name}="${value}"`);
        }
      }
      return dangers;
    }),
  );
}
