import type { Agent, Customer, Message, TicketRow } from "../../../src/api/types.ts";

export const AGENT = "11111111-1111-4111-8111-111111111111";
export const SUPERVISOR = "22222222-2222-4222-8222-222222222222";

export const AGENTS: Agent[] = [
  { agent_id: AGENT, email: "alex@example.com", name: "Alex Meyer", groups: ["Agents"] },
  { agent_id: SUPERVISOR, email: "sam@example.com", name: "Sam Rivera", groups: ["Supervisors"] },
];

export function person(name: string, channel: Message["channel"], id: string, email: string | null = null) {
  return {
    internal_id: `cust_01kk${id.padStart(22, "0").slice(-22)}`,
    name,
    email,
    channel_identity: `${channel}:${id}`,
  };
}

export const source = (channel: Message["channel"], id: string): TicketRow["source"] => ({
  channel,
  origin_platform_id: id,
  account_id: "300001",
  is_bot_handoff: channel === "web_chat",
});

export const ANN = person("Ann Weber", "whatsapp", "15550100");

export const CUSTOMER: Customer = {
  internal_id: ANN.internal_id,
  name: "Ann Weber",
  primary_email: null,
  channels: ["whatsapp"],
  identities: ["whatsapp:15550100"],
  created_at: "2025-11-20T09:00:00.000Z",
};

export const MARA = {
  ...person("Mara Novak", "email", "mara@example.org", "mara@example.org"),
  internal_id: "cust_01kk000000000000000000mara",
};

export const MARAS_CARD: Customer = {
  internal_id: MARA.internal_id,
  name: "Mara Novak",
  primary_email: "mara@example.org",
  channels: ["email"],
  identities: ["email:mara@example.org"],
  created_at: "2026-01-12T08:20:00.000Z",
};
