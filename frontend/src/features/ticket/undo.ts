import { useSyncExternalStore } from "react";
import type { Message, NamedFile, Ticket } from "../../api/types.ts";

/** How long the desk holds a mail back before it is sent. */
export const HELD_MS = 5_000;
/** Messages whose files are remembered. */
const REMEMBERED = 50;

/** A mail that was handed over and is held back for a moment. */
export interface Held {
  readonly ticket_id: string;
  readonly message: Message;
  /** Milliseconds since the epoch, by the clock here. */
  readonly until: number;
}

let held: Held | null = null;
const listeners = new Set<() => void>();
/** By message, what its files were uploaded as, so that they can be put back. */
const files = new Map<string, readonly NamedFile[]>();

function keep(next: Held | null): void {
  held = next;
  for (const listener of listeners) listener();
}

/** Remembers what an agent has just handed over, and whether it is held back. `now` in milliseconds since the epoch. */
export function noteSent(ticket: Ticket, agent: string, sent: readonly NamedFile[], now: number): void {
  const message = ticket.timeline
    .filter(({ agent_id, visibility }) => agent_id === agent && visibility === "public")
    .at(-1);
  if (message?.delivery?.state !== "queued" || !message.delivery.actions.includes("discard")) return;
  if (files.size >= REMEMBERED) files.clear();
  if (sent.length > 0) files.set(message.message_id, sent);
  if (message.channel === "email") keep({ ticket_id: ticket.ticket_id, message, until: now + HELD_MS });
}

/** Forgets the mail that was held back. */
export function forgetHeld(): void {
  keep(null);
}

/** The mail of a ticket that is held back now, if one is. */
export function useHeld(ticketId: string): Held | null {
  const now = useSyncExternalStore(subscribe, () => held);
  return now?.ticket_id === ticketId ? now : null;
}

/** The files a message was sent with, as far as they are remembered. */
export function filesOf(message: Message): readonly NamedFile[] {
  return files.get(message.message_id) ?? [];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
