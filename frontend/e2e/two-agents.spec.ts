import { conversation, entry, reply, replyField } from "./support/parts.ts";
import { expect, signInByForm, test } from "./support/test.ts";
import { newCustomer, writeOnWhatsApp } from "./support/whatsapp.ts";

test.describe("two agents on one ticket", () => {
  // The browser itself reports the refused change and the calls cut off.
  test.use({ allowed: /412 \(Precondition Failed\)|ERR_FAILED/ });

  test("see each other's work, and neither undoes the other's unseen", async ({ stack, desk, signedIn }) => {
    const fay = newCustomer("Fay Two");
    await writeOnWhatsApp(stack.url, fay, "Who answers me?");
    const { ticket_id } = await desk.ticketOf(fay.number);
    const [alex, sam] = [await signedIn("agent"), await signedIn("supervisor")];
    await Promise.all([alex.goto(`/tickets/${ticket_id}`), sam.goto(`/tickets/${ticket_id}`)]);
    await Promise.all([reply(alex, "I do, says Alex."), reply(sam, "I do too, says Sam.")]);
    for (const page of [alex, sam]) {
      for (const text of ["I do, says Alex.", "I do too, says Sam."]) {
        await expect(entry(page, text)).toHaveAttribute("data-delivery", "delivered");
        await expect(entry(page, text)).toHaveCount(1);
      }
    }
    const orders = await Promise.all(
      [alex, sam].map((page) =>
        conversation(page)
          .locator("[data-sender=agent]")
          .evaluateAll((all) => all.map((one) => one.getAttribute("data-message-id"))),
      ),
    );
    expect(orders[0]).toEqual(orders[1]);

    // Sam's page stands still, as on a train in a tunnel, while Alex changes the priority.
    const ticket = `**/api/tickets/${ticket_id}`;
    const priority = sam.getByRole("combobox", { name: "Priority" });
    await expect(priority).toHaveValue("medium");
    await sam.route(ticket, (route) =>
      route.request().method() === "GET" ? route.abort() : route.continue(),
    );
    await alex.getByRole("combobox", { name: "Priority" }).selectOption("High");
    await expect(conversation(alex)).toContainText("set the priority from Medium to High");
    const refused = sam.waitForResponse((response) => response.status() === 412);
    await priority.selectOption("Low");
    await refused;
    await sam.unroute(ticket);
    const conflict = sam
      .getByRole("status")
      .filter({ hasText: "Somebody else changed this ticket meanwhile" });
    await expect(conflict).toContainText("priority is now High");
    await expect(priority).toHaveValue("high");
    await sam.getByRole("button", { name: "Leave it" }).click();
    await expect(conflict).toHaveCount(0);
    expect((await desk.ticketOf(fay.number)).priority).toBe("high");
  });
});

test("a draft survives another agent's reassignment, a reload and a new sign-in", async ({
  page,
  stack,
  desk,
  signedIn,
}) => {
  const gus = newCustomer("Gus Draft");
  await writeOnWhatsApp(stack.url, gus, "Take your time.");
  const { ticket_id } = await desk.ticketOf(gus.number);
  await page.goto(`/tickets/${ticket_id}`);
  await signInByForm(page, stack.info.agent);
  await replyField(page).fill("Half a thought");
  const sam = await signedIn("supervisor");
  await sam.goto(`/tickets/${ticket_id}`);
  await sam.getByRole("combobox", { name: "Assignee" }).selectOption({ label: "Sam Rivera (you)" });
  await expect(conversation(page)).toContainText("Sam Rivera took the ticket");
  await expect(replyField(page)).toHaveValue("Half a thought");
  await page.reload();
  await expect(replyField(page)).toHaveValue("Half a thought");
  await page.getByRole("button", { name: "Sign out" }).click();
  await signInByForm(page, stack.info.agent);
  await expect(replyField(page)).toHaveValue("Half a thought");
  await expect(sam.getByRole("textbox", { name: /^Reply to/ })).toHaveValue("");
});
