import { memo } from "react";
import { Link } from "wouter";
import { CHANNEL_NAMES, type TicketRow as Row } from "../../api/types.ts";
import { classes } from "../../ui/classes.ts";
import { Icon } from "../../ui/Icon.tsx";
import { Ago } from "../../ui/Time.tsx";
import { customerName, PriorityMark, StatusMark } from "../marks.tsx";
import { type Filters, withFilters } from "./filters.ts";
import styles from "./TicketRow.module.css";

interface Props {
  ticket: Row;
  filters: Filters;
  selected: boolean;
}

/** One ticket of the list: who, when, what about, what was said last, where it stands. */
export const TicketRow = memo(function TicketRow({ ticket, filters, selected }: Props) {
  const last = ticket.last_message;
  const waits = last?.sender_type === "customer" && (ticket.status === "new" || ticket.status === "open");
  return (
    <Link
      href={withFilters(`/tickets/${ticket.ticket_id}`, filters)}
      className={classes(styles.row, selected && styles.selected)}
      aria-current={selected ? "page" : undefined}
    >
      <span className={styles.line}>
        <span className={classes(styles.name, waits && styles.waits)}>{customerName(ticket.customer)}</span>
        <span className={styles.channel}>
          <Icon
            name={ticket.source.channel === "email" ? "mail" : ticket.source.channel}
            label={CHANNEL_NAMES[ticket.source.channel]}
            size={14}
          />
        </span>
        <span className={styles.time}>
          <Ago at={ticket.updated_at} />
        </span>
      </span>
      <span className={styles.last}>
        {last === null ? (
          ticket.subject
        ) : (
          <>
            {last.visibility === "internal"
              ? "Note: "
              : last.sender_type === "agent"
                ? "Desk: "
                : last.sender_type === "bot"
                  ? "Bot: "
                  : ""}
            {last.content.replaceAll(/\s+/g, " ") || ticket.subject}
          </>
        )}
      </span>
      <span className={styles.marks}>
        <StatusMark status={ticket.status} />
        <PriorityMark priority={ticket.priority} />
        {ticket.tags.slice(0, 2).map((tag) => (
          <span key={tag} className={styles.tag}>
            {tag}
          </span>
        ))}
        {ticket.tags.length > 2 && <span className={styles.more}>+{ticket.tags.length - 2}</span>}
      </span>
    </Link>
  );
});
