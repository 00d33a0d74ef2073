import type { Page } from "@playwright/test";
import type { State } from "../../../sandbox/src/api.ts";
import { ago, NOW } from "./moment.ts";

/** Makes the sandbox page see phones that stand still. */
export async function stillPhones(page: Page): Promise<void> {
  await page.clock.setFixedTime(NOW);
  const byMail = ["web_chat", "email"];
  const channel = (name: State["channels"][number]["channel"], label: string) => ({
    channel: name,
    account_id: "300001",
    label,
    played: true,
    webhook: `/api/webhooks/${name}`,
    fault: { kind: name === "whatsapp" ? ("answer_lost" as const) : ("none" as const) },
    delivery: "immediate" as const,
    receipts: "delivered" as const,
    kinds: (byMail.includes(name)
      ? ["text", "reply_gmail", "bounce"]
      : ["text", "image", "location", "reaction"]) as State["channels"][number]["kinds"],
  });
  const said = (
    id: string,
    minutes: number,
    direction: "in" | "out",
    text: string,
    state: "delivered" | "read",
  ) => ({
    id,
    customer_id: "c1",
    direction,
    kind: "text" as const,
    text,
    at: ago(minutes),
    platform_message_id: `wamid.${id}`,
    state,
    deliveries: [],
    via: "whatsapp",
    subject: null,
  });
  const state: State = {
    channels: [
      channel("whatsapp", "WhatsApp"),
      channel("facebook", "Messenger"),
      channel("instagram", "Instagram"),
      channel("twitter", "X"),
      channel("web_chat", "Chat"),
      channel("email", "Email"),
    ],
    customers: [
      { id: "c1", channel: "whatsapp", name: "Ann Weber", platform_id: "15550100", email: null },
      { id: "c2", channel: "facebook", name: "Ben Okafor", platform_id: "2400000000000100", email: null },
      { id: "c4", channel: "instagram", name: "Ida Lindqvist", platform_id: "5600000000000100", email: null },
      { id: "c5", channel: "twitter", name: "Tomás Rey", platform_id: "4400000000000100", email: null },
      {
        id: "c3",
        channel: "web_chat",
        name: "Chloé Martin",
        platform_id: "chat-chloe",
        email: "chloe@example.com",
      },
      {
        id: "c6",
        channel: "email",
        name: "Mara Novak",
        platform_id: "mara@example.org",
        email: "mara@example.org",
      },
    ],
    messages: [
      said("m1", 70, "in", "Where is my order? It should have been here on Friday.", "delivered"),
      said(
        "m2",
        60,
        "out",
        "Hello Ann, sorry for the wait. Your parcel is at the depot; it goes out tomorrow morning.",
        "read",
      ),
      said("m3", 2, "out", "It is in the van now. You should have it before noon.", "delivered"),
      said("m4", 1, "in", "Great, thank you so much! 🎉", "delivered"),
    ],
    held: [],
    calls: [
      { id: "call1", at: ago(60), provider: "whatsapp", outcome: "accepted", status: 200, note: "Taken." },
      {
        id: "call2",
        at: ago(2),
        provider: "whatsapp",
        outcome: "unanswered",
        status: null,
        note: "The message was taken, and the connection broke before the answer.",
      },
    ],
  };
  await page.route("**/sandbox/api/state", (route) => route.fulfill({ json: state }));
}
