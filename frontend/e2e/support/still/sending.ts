import type { Template, Ticket } from "../../../src/api/types.ts";
import { makeTicket } from "../../../src/test/builders.ts";
import { delivered, message, ours } from "./messages.ts";
import { ago } from "./moment.ts";
import { AGENT, ANN, source } from "./people.ts";

/** A ticket whose replies stand in every way that needs somebody, an hour before the platform closes it. */
export const SENDING_TICKET: Ticket = makeTicket({
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

export const TEMPLATES: Template[] = [
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
