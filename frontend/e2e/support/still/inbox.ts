import type { TicketRow } from "../../../src/api/types.ts";
import { makeRow } from "../../../src/test/builders.ts";
import { ago } from "./moment.ts";
import { AGENT, ANN, person, source } from "./people.ts";

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

export const ROWS: TicketRow[] = [
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
