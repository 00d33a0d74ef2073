import { useEffect, useRef } from "react";
import { useDesk } from "../../api/context.ts";
import type { Ticket } from "../../api/types.ts";

/** How often the desk is told that somebody types. It shows customers each 15 s at most. */
const EVERY_MS = 10_000;
/** Where customers can be shown it at all. */
const SHOWN_ON: ReadonlySet<string> = new Set(["facebook", "instagram", "whatsapp"]);

/** Tells the desk that a reply is being typed, for the customer to see; whatever comes of it, the reply is not affected. */
export function useTyping({ ticket_id, source, reply_window }: Ticket) {
  const { api } = useDesk();
  const told = useRef<{ ticketId: string; at: number; call: AbortController }>(undefined);
  const isShown = SHOWN_ON.has(source.channel) && reply_window.mode === "free";
  // What is under way must not arrive behind the reply, nor speak of a ticket that nobody looks at.
  const stop = () => told.current?.call.abort();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another ticket is what ends it
  useEffect(() => stop, [ticket_id]);
  const type = () => {
    const before = told.current;
    const isRecent = before?.ticketId === ticket_id && Date.now() - before.at < EVERY_MS;
    if (!isShown || isRecent) return;
    const call = new AbortController();
    told.current = { ticketId: ticket_id, at: Date.now(), call };
    const params = { path: { id: ticket_id } };
    api.POST("/api/tickets/{id}/typing", { params, signal: call.signal }).catch(() => undefined);
  };
  return { type, stop };
}
