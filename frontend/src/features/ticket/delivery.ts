import type { Delivery } from "../../api/types.ts";
import type { IconName } from "../../ui/Icon.tsx";

type Tone = "quiet" | "accent" | "warning" | "danger";

const STATES: Record<Delivery["state"], { icon: IconName; text: string; tone: Tone }> = {
  queued: { icon: "clock", text: "Waiting to be sent", tone: "quiet" },
  sending: { icon: "clock", text: "Sending", tone: "quiet" },
  unknown: { icon: "help", text: "Not confirmed: it may have arrived", tone: "warning" },
  sent: { icon: "check", text: "Sent", tone: "quiet" },
  delivered: { icon: "checks", text: "Delivered", tone: "quiet" },
  read: { icon: "checks", text: "Read", tone: "accent" },
  failed: { icon: "undelivered", text: "Not delivered", tone: "danger" },
};

/** How a delivery stands, as an icon, words and a tone. */
export function deliveryMark(delivery: Delivery) {
  return STATES[delivery.state];
}
