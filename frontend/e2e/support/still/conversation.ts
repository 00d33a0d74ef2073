import type { Ticket, TicketRow } from "../../../src/api/types.ts";
import { makeTicket } from "../../../src/test/builders.ts";
import { ROWS } from "./inbox.ts";
import { changed, delivered, message } from "./messages.ts";
import { AGENT, SUPERVISOR } from "./people.ts";

/** The first ticket of the inbox, with all that was said. */
export const TICKET: Ticket = makeTicket({
  ...(ROWS[0] as TicketRow),
  ticket_id: "tkt_01kk0000000000000000000001",
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
