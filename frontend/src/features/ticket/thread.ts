import type { Message, Ticket, Timeline } from "../../api/types.ts";

/** The part of a timeline that is loaded, without gaps, oldest first. */
export interface Thread {
  readonly messages: readonly Message[];
  /** Cursor for the entries before them, none when there are none. */
  readonly older: string | null;
}

/**
 * The thread after the ticket's last entries were read anew. What was loaded before them stays, unless entries
 * between were never seen: then the thread starts again from the window.
 */
export function withWindow(
  thread: Thread | undefined,
  ticket: Pick<Ticket, "timeline" | "older_timeline">,
): Thread {
  const window = ticket.timeline;
  const first = window[0];
  const last = thread?.messages.at(-1);
  const fresh = { messages: window, older: ticket.older_timeline };
  if (thread === undefined || first === undefined || last === undefined) return fresh;
  if (last.position < first.position - 1) return fresh;
  const before = thread.messages.filter((message) => message.position < first.position);
  return {
    messages: [...before, ...window],
    older: before.length === 0 ? ticket.older_timeline : thread.older,
  };
}

/** The thread with a page of older entries before it. */
export function withOlderPage(thread: Thread, page: Timeline): Thread {
  const first = thread.messages[0]?.position ?? Number.POSITIVE_INFINITY;
  const before = page.messages.filter((message) => message.position < first);
  return { messages: [...before, ...thread.messages], older: page.older_timeline };
}
