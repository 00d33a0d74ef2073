import type { Delivery, Message } from "../../api/types.ts";
import type { IconName } from "../../ui/Icon.tsx";
import { clock, dayOrTime } from "../../ui/Time.tsx";

type Tone = "quiet" | "accent" | "warning" | "danger";

/** How a delivery stands, as an icon, words and a tone. */
interface Mark {
  readonly icon: IconName;
  readonly text: string;
  readonly tone: Tone;
}

const STATES: Record<Delivery["state"], Mark> = {
  queued: { icon: "clock", text: "Waiting to be sent", tone: "quiet" },
  sending: { icon: "clock", text: "Sending", tone: "quiet" },
  unknown: { icon: "help", text: "Not confirmed", tone: "warning" },
  sent: { icon: "check", text: "Sent", tone: "quiet" },
  delivered: { icon: "checks", text: "Delivered", tone: "quiet" },
  read: { icon: "checks", text: "Read", tone: "accent" },
  failed: { icon: "undelivered", text: "Not delivered", tone: "danger" },
};
const TAKEN_BACK: Mark = { icon: "undelivered", text: "Taken back, never sent", tone: "quiet" };
const REST_TAKEN_BACK: Mark = { icon: "undelivered", text: "Taken back in part", tone: "quiet" };

/** What an agent may decide about a message on its way out. */
export type Decision = "retry" | "discard" | "arrived";

/** How the delivery of a message stands; nothing when it does not go out. */
export function deliveryMark(message: Message): Mark | null {
  if (isTakenBack(message)) return TAKEN_BACK;
  if (isRestTakenBack(message)) return REST_TAKEN_BACK;
  return message.delivery === null ? null : STATES[message.delivery.state];
}

/** Whether an agent took the message back before it was sent. */
export function isTakenBack({ deleted_at, delivery }: Message): boolean {
  return deleted_at !== null && delivery?.error?.code === "discarded";
}

/** Whether an agent took back what still waited of a message of which the customer may have something. */
export function isRestTakenBack({ delivery }: Message): boolean {
  return delivery?.state === "failed" && delivery.error?.code === "rest-discarded";
}

/** Why a message has not arrived, or what it waits for, in words; nothing when there is nothing to say. */
export function deliveryReason(message: Message): string | null {
  const { delivery } = message;
  if (delivery === null || isTakenBack(message)) return null;
  if (delivery.state === "delivered" || delivery.state === "read") return null;
  if (delivery.error !== null) return `${delivery.error.message} ${delivery.error.hint}`.trim();
  return delivery.state === "unknown"
    ? "It may have arrived or not: the platform's answer was lost. Ask, or look at the customer's next message."
    : null;
}

/** When a message that waits goes out, as far as is known. `now` in milliseconds since the epoch. */
export function expectedOut(message: Message, now: number): string | null {
  const { expected_at } = message.channel_specific_data;
  if (message.delivery?.state !== "queued" || message.deleted_at !== null) return null;
  if (typeof expected_at !== "string" || Number.isNaN(Date.parse(expected_at))) return null;
  const at = new Date(expected_at);
  const today = at.toDateString() === new Date(now).toDateString();
  return `goes out ${today ? "" : `on ${dayOrTime(at, now)} `}at about ${clock(at)}`;
}

/** What can be decided about a message now, each with the words on its button. */
export function decisionsOn({ delivery }: Message): readonly (readonly [Decision, string])[] {
  const offered: (readonly [Decision, string])[] = [];
  for (const action of delivery?.actions ?? []) {
    if (action === "retry") offered.push([action, "Send again"]);
    else if (action === "arrived") offered.push([action, "It arrived"]);
    else if (action === "discard") offered.push([action, delivery?.state === "queued" ? "Undo" : "Put away"]);
  }
  return offered;
}
