import { defineConfig, devices } from "@playwright/test";

/** Debian's Chromium, drawing the same pixels on every machine that has the same fonts. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  projects: [
    {
      name: "pages",
      testIgnore: "readme.spec.ts",
      snapshotPathTemplate: "{testDir}/pictures/{arg}{ext}",
    },
    { name: "readme", testMatch: "readme.spec.ts", snapshotPathTemplate: "../docs/images/{arg}{ext}" },
  ],
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  // What waits too long fails by its own 15 s: this ends only what hangs, on machines however slow.
  timeout: 180_000,
  expect: {
    timeout: 15_000,
    toHaveScreenshot: { maxDiffPixels: 0, threshold: 0.05, animations: "disabled", caret: "hide" },
  },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1400, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--font-render-hinting=none",
        "--disable-lcd-text",
        "--force-color-profile=srgb",
        "--hide-scrollbars",
      ],
    },
  },
});
