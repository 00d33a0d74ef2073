import type { Page } from "@playwright/test";
import type { State } from "../../sandbox/src/api.ts";
import type {
  Account,
  Agent,
  Customer,
  Delivery,
  Message,
  Template,
  Ticket,
  TicketRow,
} from "../../src/api/types.ts";
import {
  makeAccount,
  makeDelivery,
  makeList,
  makeMessage,
  makeRow,
  makeTicket,
} from "../../src/test/builders.ts";
import { amplifyEntries } from "./cognito.ts";
import type { Info } from "./stack.ts";

/** A desk that stands still: the same time and the same tickets on every machine. */
const NOW = new Date("2026-03-05T14:30:00Z");
const AGENT = "11111111-1111-4111-8111-111111111111";
const SUPERVISOR = "22222222-2222-4222-8222-222222222222";
const TICKET_ID = "tkt_01kk0000000000000000000001";

const AGENTS: Agent[] = [
  { agent_id: AGENT, email: "alex@example.com", name: "Alex Meyer", groups: ["Agents"] },
  { agent_id: SUPERVISOR, email: "sam@example.com", name: "Sam Rivera", groups: ["Supervisors"] },
];

/** The time of the still desk some minutes ago. */
function ago(minutes: number): string {
  return new Date(NOW.getTime() - minutes * 60_000).toISOString();
}

function person(name: string, channel: Message["channel"], id: string, email: string | null = null) {
  return {
    internal_id: `cust_01kk${id.padStart(22, "0").slice(-22)}`,
    name,
    email,
    channel_identity: `${channel}:${id}`,
  };
}

const ANN = person("Ann Weber", "whatsapp", "15550100");

function row(index: number, minutes: number, last: string, change: Partial<TicketRow>): TicketRow {
  const at = ago(minutes);
  return makeRow({
    ticket_id: `tkt_01kk00000000000000000000${String(index).padStart(2, "0")}`,
    reference: `7K3M9Q${String(index).padStart(2, "0")}`,
    created_at: at,
    updated_at: at,
    subject: last,
    last_message: {
      message_id: `msg_${index}`,
      timestamp: at,
      sender_type: "customer",
      visibility: "public",
      content: last,
    },
    ...change,
  });
}

const source = (channel: Message["channel"], id: string): TicketRow["source"] => ({
  channel,
  origin_platform_id: id,
  account_id: "300001",
  is_bot_handoff: channel === "web_chat",
});

const ROWS: TicketRow[] = [
  row(1, 1, "Great, thank you so much! 🎉", {
    customer: ANN,
    source: source("whatsapp", "15550100"),
    priority: "high",
    tags: ["delivery", "vip"],
    assigned_agent_id: AGENT,
  }),
  row(2, 4, "My parcel arrived damaged, and the party is on Saturday.", {
    status: "new",
    priority: "critical",
    customer: person("Grace Lin", "facebook", "2400000000000100"),
    source: source("facebook", "2400000000000100"),
  }),
  row(3, 12, "The invoice shows the wrong company name, could you correct it please?", {
    status: "new",
    customer: person("Chloé Martin", "web_chat", "chat-chloe", "chloe@example.com"),
    source: source("web_chat", "chat-chloe"),
    tags: ["invoice"],
  }),
  row(4, 26, "We have sent you a new link, it is valid for 24 hours.", {
    customer: person("Emi Tanaka", "whatsapp", "15550104"),
    source: source("whatsapp", "15550104"),
    last_message: {
      message_id: "msg_4",
      timestamp: ago(26),
      sender_type: "agent",
      visibility: "public",
      content: "We have sent you a new link, it is valid for 24 hours.",
    },
  }),
  row(5, 48, "¿Puedo cambiar la dirección de entrega?", {
    status: "new",
    customer: person("Hugo Álvarez", "facebook", "2400000000000107"),
    source: source("facebook", "2400000000000107"),
    tags: ["delivery"],
  }),
  row(6, 95, "Is the blue one back in stock?", {
    status: "new",
    priority: "low",
    customer: person("Ines Costa", "whatsapp", "15550108"),
    source: source("whatsapp", "15550108"),
    tags: ["stock", "colour-blue", "shop"],
  }),
  row(7, 190, "Customer asks for a call back after 17:00.", {
    customer: person("Jonas Berg", "web_chat", "chat-jonas", "jonas@example.com"),
    source: source("web_chat", "chat-jonas"),
    last_message: {
      message_id: "msg_7",
      timestamp: ago(190),
      sender_type: "agent",
      visibility: "internal",
      content: "Customer asks for a call back after 17:00.",
    },
  }),
  row(8, 1_700, "Can I pay by bank transfer?", {
    customer: person("Farid Haddad", "whatsapp", "15550105"),
    source: source("whatsapp", "15550105"),
  }),
];

function message(position: number, minutes: number, change: Partial<Message>): Message {
  return makeMessage({
    message_id: `msg_${position}`,
    position,
    timestamp: ago(minutes),
    received_at: ago(minutes),
    ...change,
  });
}

function changed(position: number, minutes: number, field: string, from: unknown, to: unknown): Message {
  return message(position, minutes, {
    sender_type: "system",
    content_type: "event_log",
    visibility: "internal",
    agent_id: AGENT,
    content: "",
    channel_specific_data: { field, from, to },
  });
}

const delivered = (state: Delivery["state"], minutes: number, change: Partial<Delivery> = {}) =>
  makeDelivery(state, { at: ago(minutes), ...change });

const TICKET: Ticket = makeTicket({
  ...(ROWS[0] as TicketRow),
  ticket_id: TICKET_ID,
  reference: "7K3M9Q01",
  subject: "Where is my order?",
  version: 12,
  message_count: 6,
  timeline: [
    message(1, 1_500, { content: "Where is my order? It should have been here on Friday." }),
    message(2, 1_499, { content: "The number is 4711-2201." }),
    changed(3, 70, "assigned_agent_id", null, AGENT),
    message(4, 68, {
      sender_type: "agent",
      agent_id: SUPERVISOR,
      visibility: "internal",
      content:
        "The carrier has it in the depot since Saturday. I opened a trace: https://carrier.example/trace/4711",
    }),
    changed(5, 60, "status", "new", "open"),
    message(6, 60, {
      sender_type: "agent",
      agent_id: AGENT,
      content: "Hello Ann, sorry for the wait. Your parcel is at the depot; it goes out tomorrow morning.",
      delivery: delivered("read", 58),
    }),
    message(7, 2, {
      sender_type: "agent",
      agent_id: AGENT,
      content: "It is in the van now. You should have it before noon.",
      delivery: delivered("delivered", 2),
    }),
    message(8, 1, { content: "Great, thank you so much! 🎉" }),
  ],
});

const CUSTOMER: Customer = {
  internal_id: ANN.internal_id,
  name: "Ann Weber",
  primary_email: null,
  channels: ["whatsapp"],
  identities: ["whatsapp:15550100"],
  created_at: "2025-11-20T09:00:00.000Z",
};

const MARA = {
  ...person("Mara Novak", "email", "mara@example.org", "mara@example.org"),
  internal_id: "cust_01kk000000000000000000mara",
};

const MARAS_CARD: Customer = {
  internal_id: MARA.internal_id,
  name: "Mara Novak",
  primary_email: "mara@example.org",
  channels: ["email"],
  identities: ["email:mara@example.org"],
  created_at: "2026-01-12T08:20:00.000Z",
};

/** A ticket of mails: with a quote and a signature, formatted, and of somebody new. */
const MAIL_TICKET: Ticket = makeTicket({
  ticket_id: "tkt_01kk0000000000000000000009",
  reference: "7K3M9Q09",
  subject: "Two chairs, one broken",
  customer: MARA,
  source: source("email", "mara@example.org"),
  assigned_agent_id: AGENT,
  timeline: [
    message(1, 200, {
      channel: "email",
      content_type: "email",
      content: "One of the two chairs came with a broken leg.\n-- \nMara Novak\nNovak Interiors",
      html: [
        "<h3>One of the two chairs</h3><p>came with a <b>broken leg</b>:</p>",
        '<table border="1" cellpadding="6"><tr><th>Item</th><th>State</th></tr>',
        "<tr><td>Chair, oak</td><td>broken</td></tr><tr><td>Chair, ash</td><td>whole</td></tr></table>",
        '<blockquote class="mail-quote">Your order was sent.</blockquote>',
      ].join(""),
      channel_specific_data: {
        authenticated: true,
        from: { address: "mara@example.org", name: "Mara Novak" },
        folded: [{ kind: "signature", from: 1, to: 4 }],
      },
    }),
    message(2, 3, {
      channel: "email",
      content_type: "email",
      content: "Thanks, that was quick.\n\nOn Fri, 6 Feb 2026 at 11:00, Support wrote:\n> Sorry about that.",
      channel_specific_data: {
        authenticated: true,
        from: { address: "mara@example.org", name: "Mara Novak" },
        folded: [{ kind: "quote", from: 2, to: 4 }],
      },
    }),
    message(3, 1, {
      channel: "email",
      content_type: "email",
      content: "Please send the refund to my account instead.",
      channel_specific_data: {
        authenticated: false,
        spf: "softfail",
        participant: true,
        from: { address: "sam@elsewhere.example.net", name: "Sam Stranger" },
      },
    }),
  ],
});

const ours = (position: number, minutes: number, change: Partial<Message>): Message =>
  message(position, minutes, { sender_type: "agent", agent_id: AGENT, ...change });

/** A ticket whose replies stand in every way that needs somebody, an hour before the platform closes it. */
const SENDING_TICKET: Ticket = makeTicket({
  ticket_id: "tkt_01kk0000000000000000000010",
  reference: "7K3M9Q10",
  subject: "A refund for two parcels",
  customer: ANN,
  source: source("whatsapp", "15550100"),
  assigned_agent_id: AGENT,
  reply_window: { mode: "free", until: ago(-62) },
  timeline: [
    message(1, 1_378, { content: "Both parcels were empty. I want my money back." }),
    ours(2, 40, {
      content: "That must not happen. May I ask for the numbers on the labels?",
      delivery: delivered("unknown", 39, {
        error: {
          code: "answer-lost",
          message: "WhatsApp's answer was lost, and it has reported nothing since.",
          hint: "Ask the customer, or send it again if it may come twice.",
        },
        actions: ["arrived", "retry"],
      }),
    }),
    ours(3, 30, {
      content: "The form for the refund is attached.",
      delivery: delivered("failed", 29, {
        error: {
          code: "131053",
          message: "WhatsApp could not take the file.",
          hint: "Send it as a PDF of at most 16 MB.",
        },
        actions: ["retry", "discard"],
      }),
      attachments: [
        {
          attachment_id: "att_1",
          type: "file",
          state: "stored",
          url: "http://127.0.0.1:1/blobs/refund.docx",
          name: "refund.docx",
          mime_type: "application/octet-stream",
          size_bytes: 48_128,
        },
      ],
    }),
    ours(4, 12, {
      content: "You will get the money back on Monday.",
      deleted_at: ago(12),
      delivery: delivered("failed", 12, {
        error: { code: "discarded", message: "It was taken back before it was sent.", hint: "" },
      }),
    }),
    ours(5, 2, {
      content: "You will get the money back within three days.",
      delivery: delivered("queued", 2, {
        error: {
          code: "rate-limited",
          message: "WhatsApp takes no more messages for a while.",
          hint: "It goes out by itself.",
        },
        actions: ["discard"],
      }),
      channel_specific_data: { expected_at: ago(-15) },
    }),
  ],
});

const TEMPLATES: Template[] = [
  {
    name: "order_update",
    language: "en_GB",
    category: "UTILITY",
    body: "Hello {{1}}, there is news about your order {{2}}. Write back to hear more.",
    footer: "Example Shop",
    parameters: 2,
    examples: ["Ann", "4711-2201"],
  },
];

const ACCOUNTS: Account[] = [
  makeAccount({ channel: "facebook", account_id: "100001", last_sent_at: ago(1) }),
  makeAccount({
    channel: "instagram",
    account_id: "200001",
    state: "paused",
    reason: "A supervisor paused it.",
    since: ago(95),
    queue: { messages: 4, since: ago(90) },
    last_sent_at: ago(97),
    paused_by: SUPERVISOR,
  }),
  makeAccount({
    channel: "whatsapp",
    account_id: "300001",
    state: "paused",
    reason: "The access token has expired.",
    since: ago(23),
    last_checked_at: ago(3),
    parked: { bodies: 2, since: ago(500) },
    queue: { messages: 1_204, since: ago(23) },
    last_sent_at: ago(24),
    last_error: {
      at: ago(3),
      code: "190",
      message: "The access token has expired.",
      hint: "Put a new token into the channel's secret; what waits goes out by itself.",
    },
    next_try_at: ago(-2),
  }),
  makeAccount({ channel: "twitter", account_id: "900001" }),
  makeAccount({
    channel: "email",
    account_id: "email",
    queue: { messages: 1, since: ago(0) },
    last_sent_at: ago(2),
    last_error: { at: ago(1_600), code: "429", message: "SendGrid took no more for a while.", hint: "" },
  }),
];

/** Where the still ticket of replies on their way is. */
export const STILL_SENDING = `/tickets/${SENDING_TICKET.ticket_id}`;
/** Where the still ticket of mails is. */
export const STILL_MAIL = `/tickets/${MAIL_TICKET.ticket_id}`;
/** Where the still ticket is. */
export const STILL_TICKET = `/tickets/${TICKET_ID}`;

/** Makes the page see the still desk instead of the running one, signed in as its agent or its supervisor. */
export async function standStill(
  page: Page,
  info: Info,
  who: "agent" | "supervisor" = "agent",
): Promise<void> {
  const me = who === "agent" ? AGENT : SUPERVISOR;
  await page.clock.setFixedTime(NOW);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "none" })}.${part({ sub: me, username: me, exp: 4_102_444_800, iat: 1_700_000_000 })}.x`;
  const entries = amplifyEntries(info, { AccessToken: token, IdToken: token, RefreshToken: "still" });
  await page.addInitScript((entries) => {
    // Runs in frames too, of which some have no storage.
    if (window.top !== window) return;
    for (const [key, value] of Object.entries(entries)) sessionStorage.setItem(key, value);
  }, entries);
  const answers: [RegExp, unknown][] = [
    [/\/api\/me$/, AGENTS.find(({ agent_id }) => agent_id === me)],
    [/\/api\/agents$/, { agents: AGENTS }],
    [new RegExp(`/api/customers/${MARA.internal_id}$`), MARAS_CARD],
    [/\/api\/customers\/[^/]+$/, CUSTOMER],
    [
      /\/api\/customers\/[^/]+\/tickets/,
      makeList([
        {
          ...(ROWS[0] as TicketRow),
          ticket_id: "tkt_old",
          subject: "Change of address",
          status: "closed",
          updated_at: "2025-12-02T10:00:00.000Z",
        },
      ]),
    ],
    [/\/api\/tickets\?/, makeList(ROWS)],
    [/\/templates$/, { templates: TEMPLATES }],
    [/\/api\/channels$/, { channels: ACCOUNTS }],
    [new RegExp(`${SENDING_TICKET.ticket_id}$`), SENDING_TICKET],
    [new RegExp(`${MAIL_TICKET.ticket_id}$`), MAIL_TICKET],
    [/\/api\/tickets\/[^/]+$/, TICKET],
  ];
  await page.route("**/api/**", async (route) => {
    // The phones have their own answers, also while a page of them is still open.
    if (new URL(route.request().url()).pathname.startsWith("/sandbox/")) return route.fallback();
    const answer = answers.find(([path]) => path.test(route.request().url()));
    if (answer === undefined) await route.abort();
    else await route.fulfill({ json: answer[1] });
  });
}

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
