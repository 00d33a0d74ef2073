import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useDesk } from "../../api/context.ts";
import { pollInterval } from "../../api/poll.ts";
import type { Ticket } from "../../api/types.ts";
import { type Thread, withOlderPage, withWindow } from "./thread.ts";

/** How often a ticket is read while a reply is on its way, and for how long. */
const SENDING_POLL_MS = 1_000;
const SENDING_MS = 20_000;

/** What is known of a ticket. */
export interface Known {
  readonly ticket: Ticket;
  readonly thread: Thread;
}

/** The cache's name of a ticket. */
export const ticketKey = (id: string) => ["ticket", id] as const;

/** What is known once `ticket` was read, which may be older than what a change has answered meanwhile. */
function learned(known: Known | undefined, ticket: Ticket): Known {
  if (known !== undefined && known.ticket.version >= ticket.version) return known;
  return { ticket, thread: withWindow(known?.thread, ticket) };
}

/** Tickets to which a message is being handed over; the outbox hands over one at a time. */
const handingOver = new Set<string>();

/** Does `work`, which hands a message over to a ticket and keeps the ticket it is answered with. */
export async function whileHandingOver(
  queries: QueryClient,
  id: string,
  work: () => Promise<void>,
): Promise<void> {
  handingOver.add(id);
  try {
    await queries.cancelQueries({ queryKey: ticketKey(id) });
    await work();
  } finally {
    handingOver.delete(id);
  }
}

/** Keeps a ticket that a call answered with. */
export function keepTicket(queries: QueryClient, ticket: Ticket): void {
  queries.setQueryData<Known>(ticketKey(ticket.ticket_id), (known) => learned(known, ticket));
  void queries.invalidateQueries({ queryKey: ["inbox"] });
}

/** Whether a reply was given away just now, so that news of it is due. */
function isSending(known: Known | undefined): boolean {
  return (
    known?.ticket.timeline.some(
      ({ delivery }) =>
        (delivery?.state === "queued" || delivery?.state === "sending") &&
        // The clocks here and there may differ.
        Math.abs(Date.now() - Date.parse(delivery.at)) < SENDING_MS,
    ) ?? false
  );
}

/** A ticket, polled at the cost of its window, and the older entries loaded so far. */
export function useTicket(id: string) {
  const { api, pollMs } = useDesk();
  const queries = useQueryClient();
  const [loadingOlder, setLoadingOlder] = useState(false);
  const query = useQuery({
    queryKey: ticketKey(id),
    queryFn: async ({ signal }): Promise<Known> => {
      const ticket = await api.fresh(`ticket ${id}`, (headers) =>
        api.GET("/api/tickets/{id}", { params: { path: { id } }, headers, signal }),
      );
      const known = queries.getQueryData<Known>(ticketKey(id));
      // The message would show beside its own confirmation, which is on its way.
      if (known !== undefined && handingOver.has(id)) return known;
      return learned(known, ticket);
    },
    refetchInterval: ({ state }) =>
      isSending(state.data) ? Math.min(SENDING_POLL_MS, pollMs) : pollInterval(pollMs),
  });

  const loadOlder = useCallback(async () => {
    const cursor = queries.getQueryData<Known>(ticketKey(id))?.thread.older ?? null;
    if (cursor === null) return;
    setLoadingOlder(true);
    try {
      const { data } = await api.GET("/api/tickets/{id}/timeline", {
        params: { path: { id }, query: { cursor } },
      });
      queries.setQueryData<Known>(ticketKey(id), (known) =>
        known !== undefined && data !== undefined && known.thread.older === cursor
          ? { ...known, thread: withOlderPage(known.thread, data) }
          : known,
      );
    } finally {
      setLoadingOlder(false);
    }
  }, [api, id, queries]);

  return { ...query, known: query.data, loadOlder, loadingOlder };
}
