import type { Account, Delivery, Message, Ticket, TicketList, TicketRow } from "../api/types.ts";

let count = 0;

/** An id like the API's, another one each time. */
function id(prefix: string): string {
  count += 1;
  return `${prefix}_01arz3ndektsv4rrffq${String(count).padStart(7, "0")}`;
}

/** A customer's message, unless told otherwise. */
export function makeMessage(change: Partial<Message> = {}): Message {
  return {
    message_id: id("msg"),
    position: 1,
    timestamp: "2026-03-01T10:00:00.000Z",
    received_at: "2026-03-01T10:00:01.000Z",
    channel: "whatsapp",
    sender_type: "customer",
    content: "Where is my order?",
    content_type: "text",
    content_truncated: false,
    html: null,
    visibility: "public",
    agent_id: null,
    attachments: [],
    reactions: [],
    delivery: null,
    reply_to: null,
    edited_at: null,
    deleted_at: null,
    channel_specific_data: {},
    ...change,
  };
}

/** How a delivery stands, with nothing to decide. */
export function makeDelivery(state: Delivery["state"], change: Partial<Delivery> = {}): Delivery {
  return { state, at: "2026-03-01T10:01:00.000Z", error: null, actions: [], ...change };
}

/** An account that works, with nothing waiting. */
export function makeAccount(change: Partial<Account> = {}): Account {
  return {
    channel: "whatsapp",
    account_id: "300001",
    state: "ok",
    reason: null,
    since: null,
    last_checked_at: null,
    parked: null,
    queue: null,
    last_sent_at: null,
    last_error: null,
    next_try_at: null,
    paused_by: null,
    ...change,
  };
}

/** What rows and tickets have in common. */
function makeHead(change: Partial<TicketRow>) {
  return {
    ticket_id: id("tkt"),
    reference: "7K3M9Q2X",
    created_at: "2026-03-01T10:00:00.000Z",
    updated_at: "2026-03-01T10:00:00.000Z",
    status: "open",
    priority: "medium",
    assigned_agent_id: null,
    tags: [],
    subject: "Where is my order?",
    version: 1,
    message_count: 1,
    snoozed_until: null,
    merged_into: null,
    custom_fields: {},
    source: {
      channel: "whatsapp",
      origin_platform_id: "15550100",
      account_id: "300001",
      is_bot_handoff: false,
    },
    customer: {
      internal_id: id("cust"),
      name: "Ann Weber",
      email: null,
      channel_identity: "whatsapp:15550100",
    },
    actions: ["reply", "note", "assign", "update", "pend", "resolve"],
    reply_window: { mode: "free", until: null },
    ...change,
  } satisfies Omit<TicketRow, "last_message">;
}

/** A row of a list. */
export function makeRow(change: Partial<TicketRow> = {}): TicketRow {
  return { last_message: null, ...makeHead(change) };
}

/** A ticket with one message. */
export function makeTicket(change: Partial<Ticket> = {}): Ticket {
  return { ...makeHead(change), timeline: [makeMessage()], older_timeline: null, ...change };
}

/** A page of a list. */
export function makeList(tickets: TicketRow[], change: Partial<TicketList> = {}): TicketList {
  return { tickets, next_cursor: null, as_of: "2026-03-01T12:00:00.000Z", ...change };
}
