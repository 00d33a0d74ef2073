import type { Ticket } from "../../../src/api/types.ts";
import { makeTicket } from "../../../src/test/builders.ts";
import { message } from "./messages.ts";
import { AGENT, MARA, source } from "./people.ts";

/** A ticket of mails: with a quote and a signature, formatted, and of somebody new. */
export const MAIL_TICKET: Ticket = makeTicket({
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
