import { entry, reply, replyField } from "./support/parts.ts";
import { SandboxApi } from "./support/sandbox.ts";
import { expect, signInByForm, test } from "./support/test.ts";
import { newCustomer, writeOnWhatsApp } from "./support/whatsapp.ts";

test.describe("when the session ends in the middle of a reply", () => {
  // The browser itself reports the refused calls.
  test.use({ allowed: /401 \(Unauthorized\)|400 \(Bad Request\)/ });

  test("what was sent and what was typed are kept, and go out once after the next sign-in", async ({
    page,
    stack,
    desk,
  }) => {
    const rob = newCustomer("Rob Expiry");
    await writeOnWhatsApp(stack.url, rob, "Please answer.");
    const { ticket_id } = await desk.ticketOf(rob.number);
    await page.goto(`/tickets/${ticket_id}`);
    await signInByForm(page, stack.info.agent);
    await replyField(page).fill("Sent into the void");
    // From the reply on every token is refused, and none can be refreshed. What the page asks by itself before would
    // end the session before there is a reply.
    let ended = false;
    await page.route("**/api/**", (route) => {
      ended ||= route.request().method() === "POST";
      if (!ended) return route.fallback();
      return route.fulfill({
        status: 401,
        contentType: "application/problem+json",
        json: { code: "unauthenticated", status: 401 },
      });
    });
    await page.route(`${stack.info.cognito.endpoint}/**`, (route) =>
      route.fulfill({
        status: 400,
        contentType: "application/x-amz-json-1.1",
        headers: { "Access-Control-Allow-Origin": "*" },
        json: { __type: "NotAuthorizedException", message: "Refresh Token has expired" },
      }),
    );
    await page.getByRole("button", { name: "Send reply" }).click();
    await expect(page.getByText("Your session has ended.")).toBeVisible();
    await page.unroute("**/api/**");
    await page.unroute(`${stack.info.cognito.endpoint}/**`);
    await signInByForm(page, stack.info.agent);
    await expect(entry(page, "Sent into the void")).toHaveAttribute("data-delivery", "delivered");
    await expect(entry(page, "Sent into the void")).toHaveCount(1);
    expect(await new SandboxApi(stack.url).sentTo(rob.number)).toEqual(["Sent into the void"]);
  });
});

test.describe("when the desk cannot be reached", () => {
  test.use({ allowed: /ERR_FAILED|ERR_CONNECTION|Failed to load resource/ });

  test("the page says so, keeps what was sent, and goes on by itself", async ({ stack, desk, signedIn }) => {
    const sue = newCustomer("Sue Offline");
    await writeOnWhatsApp(stack.url, sue, "Anybody?");
    const { ticket_id } = await desk.ticketOf(sue.number);
    const page = await signedIn("agent");
    await page.goto(`/tickets/${ticket_id}`);
    await expect(entry(page, "Anybody?")).toBeVisible();
    await page.route("**/api/**", (route) => route.abort());
    await expect(page.getByRole("alert")).toContainText("The desk cannot be reached");
    await reply(page, "Kept until then");
    await expect(entry(page, "Kept until then")).toContainText("Kept here until the desk can be reached");
    await page.reload();
    await page.unroute("**/api/**");
    await expect(entry(page, "Kept until then")).toHaveAttribute("data-delivery", "delivered");
    await expect(page.getByRole("alert")).toHaveCount(0);
    expect(await new SandboxApi(stack.url).sentTo(sue.number)).toEqual(["Kept until then"]);
  });
});
