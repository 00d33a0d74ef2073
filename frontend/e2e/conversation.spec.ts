import { conversation, entry, note, reply, replyField, rows } from "./support/parts.ts";
import { expect, test } from "./support/test.ts";
import { newCustomer, writeOnWhatsApp } from "./support/whatsapp.ts";

test("a message comes in, a reply goes out, and its ticks follow", async ({ stack, desk, signedIn }) => {
  const ann = newCustomer("Ann Ticks");
  const page = await signedIn("agent");
  await page.goto("/");
  await writeOnWhatsApp(stack.url, ann, "Where is my order?");
  const row = rows(page).filter({ hasText: "Ann Ticks" });
  await expect(row).toContainText("New");
  await row.click();
  await expect(entry(page, "Where is my order?")).toHaveAttribute("data-sender", "customer");
  await reply(page, "It arrives tomorrow.");
  await expect(entry(page, "It arrives tomorrow.")).toHaveAttribute("data-delivery", "delivered");
  await expect(entry(page, "It arrives tomorrow.")).toHaveCount(1);
  await expect(page.getByRole("combobox", { name: "Status" })).toHaveValue("open");
  await expect(replyField(page)).toHaveValue("");
  await writeOnWhatsApp(stack.url, ann, "Thank you!");
  await expect(entry(page, "Thank you!")).toBeVisible();
  const ticket = await desk.ticketOf(ann.number);
  expect(ticket.timeline.filter((message) => message.sender_type === "agent")).toHaveLength(1);
});

test("a note stays with the agents", async ({ stack, desk, signedIn }) => {
  const ben = newCustomer("Ben Note");
  await writeOnWhatsApp(stack.url, ben, "Hello?");
  const { ticket_id } = await desk.ticketOf(ben.number);
  const page = await signedIn("agent");
  await page.goto(`/tickets/${ticket_id}`);
  await note(page, "Known for long letters.");
  await expect(entry(page, "Known for long letters.")).toHaveAttribute("data-visibility", "internal");
  await reply(page, "Hello Ben.");
  await expect(entry(page, "Hello Ben.")).toHaveAttribute("data-delivery", "delivered");
  const sends = await (await fetch(`${stack.info.provider_double_url}/sandbox/api/sends`)).text();
  expect(sends).toContain("Hello Ben.");
  expect(sends).not.toContain("Known for long letters.");
});

test("properties change, and the timeline says who did it", async ({ stack, desk, signedIn }) => {
  const cleo = newCustomer("Cleo Props");
  await writeOnWhatsApp(stack.url, cleo, "Urgent!");
  const { ticket_id } = await desk.ticketOf(cleo.number);
  const page = await signedIn("agent");
  await page.goto(`/tickets/${ticket_id}`);
  await page.getByRole("combobox", { name: "Priority" }).selectOption("Critical");
  await page.getByRole("combobox", { name: "Assignee" }).selectOption({ label: "Alex Meyer (you)" });
  await page.getByRole("textbox", { name: "Add a tag" }).fill("vip");
  await page.getByRole("textbox", { name: "Add a tag" }).press("Enter");
  await expect(conversation(page)).toContainText("Alex Meyer set the priority from Medium to Critical");
  await expect(conversation(page)).toContainText("Alex Meyer took the ticket");
  await expect(page.getByRole("group", { name: "Tags" })).toContainText("vip");
  await page.getByRole("combobox", { name: "Status" }).selectOption("Resolved");
  await expect(conversation(page)).toContainText("set the status from New to Resolved");
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Priority" })).toHaveValue("critical");
  await expect(page.getByRole("combobox", { name: "Status" })).toHaveValue("resolved");
  await expect(page.getByRole("button", { name: "Remove tag vip" })).toBeVisible();
});

test("a long conversation loads upward", async ({ stack, desk, signedIn }) => {
  const dora = newCustomer("Dora Long");
  const more = "It is as long as people write who have a lot to tell, and takes several lines.";
  for (let number = 1; number <= 35; number += 1)
    await writeOnWhatsApp(stack.url, dora, `Message number ${number}. ${more}`);
  const { ticket_id } = await desk.ticketOf(dora.number);
  const page = await signedIn("agent");
  await page.goto(`/tickets/${ticket_id}`);
  await expect(entry(page, "Message number 35.")).toBeInViewport();
  for (const width of [360, 1400]) {
    await page.setViewportSize({ width, height: 800 });
    await expect(entry(page, "Message number 35."), `the end stays in sight at ${width} px`).toBeInViewport();
  }
  const older = page.getByRole("button", { name: "Show older messages" });
  while (!(await entry(page, "Message number 1.").isVisible())) {
    const before = await conversation(page).getByRole("article").count();
    await older.click();
    await expect.poll(() => conversation(page).getByRole("article").count()).toBeGreaterThan(before);
  }
  const numbers = await conversation(page)
    .getByRole("article")
    .evaluateAll((articles) =>
      articles
        .map((article) => /number (\d+)\./.exec(article.textContent ?? "")?.[1])
        .filter((number) => number !== undefined),
    );
  expect(numbers).toEqual(Array.from({ length: 35 }, (_, index) => String(index + 1)));
});

test.describe("a ticket that is not there", () => {
  test.use({ allowed: /404 \(Not Found\)|400 \(Bad Request\)/ });

  test("says so, and leads back", async ({ signedIn }) => {
    const page = await signedIn("agent");
    await page.goto("/tickets/tkt_00000000000000000000000000");
    await expect(page.getByRole("alert")).toContainText("There is no such ticket");
    await page.getByRole("link", { name: "Back to the list" }).click();
    await expect(page).toHaveURL("/");
  });
});
