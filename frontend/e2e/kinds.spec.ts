import { conversation, entry } from "./support/parts.ts";
import { SandboxApi } from "./support/sandbox.ts";
import { expect, test } from "./support/test.ts";

/** What an agent reads of each kind that a customer or the platform can send. */
const SHOWN: Record<string, RegExp | null> = {
  text: /Just words/,
  image: null,
  audio: null,
  video: null,
  file: null,
  sticker: /Sticker/,
  location: /Location.*Alexanderplatz/s,
  contact: /Contact.*Maria Weber, \+1 555 010 0777/s,
  button: /Chosen from a list, button or form/,
  form: /comment: Quick and kind/,
  order: /Order.*2 × mug-blue, 12.5 EUR each/s,
  product: /Shared.*product: Blue mug/is,
  link: /Shared.*shop\.example\.com/s,
  reel: /Shared a reel: How mugs are made/,
  story_reply: /Story.*I want one!/s,
  story_mention: /Story.*Mentioned you in a story/s,
  ad: /Came from an ad or a link: Summer sale.*still on sale/s,
  unsupported: /Not shown here.*(cannot be shown here|does not pass on)/s,
  external: /Answered (in|by)/,
  encrypted: /Encrypted X chat: open X to read/,
  handover: /The conversation was passed to app/,
};
/** These change an earlier message, or the account, and are tested by themselves. */
const CHANGES = ["reaction", "unreaction", "edit", "unsend", "new_number", "revoked"];

for (const channel of ["whatsapp", "facebook", "instagram", "twitter"]) {
  test(`every kind on ${channel} is shown as what it is`, async ({ stack, signedIn }) => {
    const sandbox = new SandboxApi(stack.url);
    const zoe = await sandbox.newCustomer(channel, `Zoe ${channel}`);
    const kinds = (await sandbox.kinds(channel)).filter((kind) => !CHANGES.includes(kind));
    for (const kind of kinds) await sandbox.send(zoe, kind, kind === "text" ? "Just words" : "");
    const desk = await signedIn("agent");
    await desk.goto(`/?q=${zoe.platform_id}`);
    await desk.getByRole("list", { name: "Tickets" }).getByRole("link").first().click();
    const older = desk.getByRole("button", { name: /older/i });
    for (const kind of kinds) {
      const shown = SHOWN[kind];
      if (shown === undefined) throw new Error(`nothing says how ${kind} is shown`);
      if (shown === null) continue;
      if (!(await entry(desk, shown).first().isVisible())) {
        await conversation(desk).evaluate((element) => element.scrollTo(0, 0));
        if (await older.isVisible()) await older.click();
      }
      await expect(entry(desk, shown).first(), kind).toBeAttached();
    }
    if (kinds.includes("image")) {
      const picture = conversation(desk)
        .getByRole("img", { name: /open it$/ })
        .first();
      await picture.scrollIntoViewIfNeeded();
      await expect
        .poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth), "the picture is loaded")
        .toBeGreaterThan(0);
    }
    if (kinds.includes("audio")) await expect(conversation(desk).locator("audio").first()).toBeAttached();
    if (kinds.includes("video")) await expect(conversation(desk).locator("video").first()).toBeAttached();
  });
}

for (const channel of ["whatsapp", "facebook", "instagram"]) {
  test(`on ${channel} a message is edited, reacted to and taken back before the agent's eyes`, async ({
    stack,
    signedIn,
  }) => {
    const sandbox = new SandboxApi(stack.url);
    const zoe = await sandbox.newCustomer(channel, `Zoe changes ${channel}`);
    await sandbox.send(zoe, "text", "As it was written");
    const desk = await signedIn("agent");
    await desk.goto(`/?q=${zoe.platform_id}`);
    await desk.getByRole("list", { name: "Tickets" }).getByRole("link").first().click();
    await expect(entry(desk, "As it was written")).toBeVisible();
    await sandbox.send(zoe, "edit", "As it was meant");
    await expect(entry(desk, "As it was meant")).toContainText("edited");
    await sandbox.send(zoe, "reaction", "🙏");
    await expect(entry(desk, "As it was meant")).toContainText("🙏");
    await sandbox.send(zoe, "unreaction");
    await expect(entry(desk, "As it was meant")).not.toContainText("🙏");
    await sandbox.send(zoe, "unsend");
    await expect(entry(desk, "This message was taken back.")).toBeVisible();
    await expect(entry(desk, "As it was meant")).toHaveCount(0);
  });
}

test("a customer with a new number goes on in the same conversation", async ({ stack, signedIn }) => {
  const sandbox = new SandboxApi(stack.url);
  const zoe = await sandbox.newCustomer("whatsapp", "Zoe Number");
  await sandbox.send(zoe, "text", "From the old number");
  await sandbox.send(zoe, "new_number");
  const desk = await signedIn("agent");
  await desk.goto(`/?q=${zoe.platform_id}`);
  await desk.getByRole("list", { name: "Tickets" }).getByRole("link").first().click();
  await expect(entry(desk, `changed from ${zoe.platform_id} to ${zoe.platform_id}7`)).toBeVisible();
});
