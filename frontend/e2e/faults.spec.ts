import { entry, reply } from "./support/parts.ts";
import { SandboxApi } from "./support/sandbox.ts";
import { expect, test } from "./support/test.ts";

// Knobs belong to a whole channel: these tests take turns.
test.describe.configure({ mode: "serial" });

test.afterEach(async ({ stack }) => {
  for (const channel of ["whatsapp", "facebook"])
    await new SandboxApi(stack.url).set(channel, { fault: { kind: "none" } });
});

for (const channel of ["whatsapp", "facebook"] as const) {
  test(`${channel}: an error of the provider passes, and the reply arrives once`, async ({
    stack,
    desk,
    signedIn,
  }) => {
    const sandbox = new SandboxApi(stack.url);
    const lea = await sandbox.newCustomer(channel, "Lea Fault");
    await sandbox.write(lea, "Are you there?");
    await sandbox.set(channel, { fault: { kind: "server_error", times: 1 } });
    const { ticket_id } = await desk.ticketOf(lea.platform_id);
    const page = await signedIn("agent");
    await page.goto(`/tickets/${ticket_id}`);
    await reply(page, "After the error");
    await expect(entry(page, "After the error")).toHaveAttribute("data-delivery", "delivered", {
      timeout: 40_000,
    });
    expect(await sandbox.sentTo(lea.platform_id)).toEqual(["After the error"]);
  });

  test(`${channel}: a lost answer is settled by what the platform reports, and nothing is sent twice`, async ({
    stack,
    desk,
    signedIn,
  }) => {
    const sandbox = new SandboxApi(stack.url);
    const noa = await sandbox.newCustomer(channel, "Noa Lost");
    await sandbox.write(noa, "Hello?");
    await sandbox.set(channel, { fault: { kind: "answer_lost", times: 1 } });
    const { ticket_id } = await desk.ticketOf(noa.platform_id);
    const page = await signedIn("agent");
    await page.goto(`/tickets/${ticket_id}`);
    await reply(page, "Sent exactly once");
    await expect(entry(page, "Sent exactly once")).toHaveAttribute("data-delivery", "delivered", {
      timeout: 40_000,
    });
    expect(await sandbox.sentTo(noa.platform_id)).toEqual(["Sent exactly once"]);
  });

  test(`${channel}: a closed window is a failure that says why`, async ({ stack, desk, signedIn }) => {
    const sandbox = new SandboxApi(stack.url);
    const ola = await sandbox.newCustomer(channel, "Ola Late");
    await sandbox.write(ola, "Long ago");
    await sandbox.set(channel, { fault: { kind: "window_closed", times: 1 } });
    const { ticket_id } = await desk.ticketOf(ola.platform_id);
    const page = await signedIn("agent");
    await page.goto(`/tickets/${ticket_id}`);
    await reply(page, "Too late");
    await expect(entry(page, "Too late")).toHaveAttribute("data-delivery", "failed");
    await expect(entry(page, "Too late")).toContainText(/24 hours|window|has not written/i);
    expect(await sandbox.sentTo(ola.platform_id)).toEqual([]);
  });
}

test("an expired token is shown honestly and nothing is sent", async ({ stack, desk, signedIn }) => {
  const sandbox = new SandboxApi(stack.url);
  const pia = await sandbox.newCustomer("whatsapp", "Pia Token");
  await sandbox.write(pia, "Hello");
  await sandbox.set("whatsapp", { fault: { kind: "token_expired" } });
  const { ticket_id } = await desk.ticketOf(pia.platform_id);
  const page = await signedIn("agent");
  await page.goto(`/tickets/${ticket_id}`);
  await reply(page, "Waiting for a token");
  await expect(entry(page, "Waiting for a token")).toContainText(/access token/i, { timeout: 30_000 });
  await expect(entry(page, "Waiting for a token")).not.toHaveAttribute(
    "data-delivery",
    /sent|delivered|read/,
  );
  expect(await sandbox.sentTo(pia.platform_id)).toEqual([]);
});
