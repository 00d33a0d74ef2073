import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "wouter";
import { useDesk } from "../../api/context.ts";
import { CHANNEL_NAMES, type Ticket } from "../../api/types.ts";
import { Avatar } from "../../ui/Avatar.tsx";
import { Skeleton } from "../../ui/Skeleton.tsx";
import { Ago, When } from "../../ui/Time.tsx";
import { customerName, StatusMark } from "../marks.tsx";
import styles from "./CustomerPanel.module.css";

const OTHER_TICKETS = 10;

/** Who the customer is, and what else they have asked. */
export function CustomerPanel({ ticket }: { ticket: Ticket }) {
  const { api } = useDesk();
  const id = ticket.customer.internal_id;
  const search = useSearch();
  const customer = useQuery({
    queryKey: ["customer", id],
    queryFn: async ({ signal }) =>
      (await api.GET("/api/customers/{id}", { params: { path: { id } }, signal })).data ?? null,
    refetchInterval: false,
  });
  const tickets = useQuery({
    queryKey: ["customer-tickets", id, ticket.version],
    queryFn: async ({ signal }) => {
      const query = { limit: OTHER_TICKETS + 1 };
      return (
        (await api.GET("/api/customers/{id}/tickets", { params: { path: { id }, query }, signal })).data ??
        null
      );
    },
    placeholderData: (before) => before,
    refetchInterval: false,
  });
  const name = customerName(ticket.customer);
  const others = tickets.data?.tickets
    .filter((other) => other.ticket_id !== ticket.ticket_id)
    .slice(0, OTHER_TICKETS);
  return (
    <aside aria-label="Customer" className={styles.panel}>
      <div className={styles.who}>
        <Avatar name={name} large />
        <div className={styles.names}>
          <h2 className={styles.name}>{name}</h2>
          <p className={styles.email}>{ticket.customer.email ?? "No email address"}</p>
        </div>
      </div>
      <dl className={styles.facts}>
        {(customer.data?.identities ?? [ticket.customer.channel_identity]).map((identity) => {
          const [channel, ...rest] = identity.split(":");
          return (
            <div key={identity}>
              <dt>{CHANNEL_NAMES[channel as keyof typeof CHANNEL_NAMES] ?? channel}</dt>
              <dd>{rest.join(":")}</dd>
            </div>
          );
        })}
        <div>
          <dt>First contact</dt>
          <dd>{customer.data ? <When at={customer.data.created_at} /> : <Skeleton width={40} />}</dd>
        </div>
      </dl>
      <h3 className={styles.heading}>Other tickets</h3>
      {others === undefined ? (
        <Skeleton width={70} />
      ) : others.length === 0 ? (
        <p className={styles.none}>None</p>
      ) : (
        <ul className={styles.tickets}>
          {others.map((other) => (
            <li key={other.ticket_id}>
              <Link
                href={`/tickets/${other.ticket_id}${search === "" ? "" : `?${search}`}`}
                className={styles.ticket}
              >
                <span className={styles.subject}>{other.subject}</span>
                <span className={styles.state}>
                  <StatusMark status={other.status} />
                  <Ago at={other.updated_at} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </aside>
  );
}
