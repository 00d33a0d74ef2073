import type { Delivery, Message } from "../../../src/api/types.ts";
import { makeDelivery, makeMessage } from "../../../src/test/builders.ts";
import { ago } from "./moment.ts";
import { AGENT } from "./people.ts";

export function message(position: number, minutes: number, change: Partial<Message>): Message {
  return makeMessage({
    message_id: `msg_${position}`,
    position,
    timestamp: ago(minutes),
    received_at: ago(minutes),
    ...change,
  });
}

export function changed(
  position: number,
  minutes: number,
  field: string,
  from: unknown,
  to: unknown,
): Message {
  return message(position, minutes, {
    sender_type: "system",
    content_type: "event_log",
    visibility: "internal",
    agent_id: AGENT,
    content: "",
    channel_specific_data: { field, from, to },
  });
}

export const ours = (position: number, minutes: number, change: Partial<Message>): Message =>
  message(position, minutes, { sender_type: "agent", agent_id: AGENT, ...change });

export const delivered = (state: Delivery["state"], minutes: number, change: Partial<Delivery> = {}) =>
  makeDelivery(state, { at: ago(minutes), ...change });
