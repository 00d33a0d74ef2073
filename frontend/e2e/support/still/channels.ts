import type { Account } from "../../../src/api/types.ts";
import { makeAccount } from "../../../src/test/builders.ts";
import { ago } from "./moment.ts";
import { SUPERVISOR } from "./people.ts";

export const ACCOUNTS: Account[] = [
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
