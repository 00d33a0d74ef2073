import { PRIORITY_NAMES, type Priority, STATUS_NAMES, type Status, type Ticket } from "../api/types.ts";
import { StatusDot } from "../ui/StatusDot.tsx";
import styles from "./marks.module.css";

const TONES = {
  new: "info",
  open: "accent",
  pending_customer: "warning",
  resolved: "success",
  closed: "quiet",
} as const;

/** Where a ticket stands. */
export function StatusMark({ status }: { status: Status }) {
  return <StatusDot tone={TONES[status]}>{STATUS_NAMES[status]}</StatusDot>;
}

/** How urgent a ticket is; nothing for the usual. */
export function PriorityMark({ priority }: { priority: Priority }) {
  if (priority === "medium") return null;
  return (
    <span
      className={priority === "critical" ? styles.critical : priority === "high" ? styles.high : undefined}
    >
      {PRIORITY_NAMES[priority]}
    </span>
  );
}

/** What to call a customer: the name, else the address, else the platform's id. */
export function customerName(customer: Ticket["customer"]): string {
  return customer.name ?? customer.email ?? customer.channel_identity.replace(/^[^:]*:/, "");
}
