import type { TicketList, TicketRow } from "../../api/types.ts";

/**
 * What is known of a list: its first page as polled, and the pages loaded below it. Rows keep their place in a
 * map, so that a first page that slides loses none of them.
 */
export interface Rows {
  readonly head: TicketList;
  /** Newest activity first. */
  readonly tickets: readonly TicketRow[];
  /** For the next page, none when all are loaded. */
  readonly cursor: string | null;
  /** Since when changes below the first page are to be asked for. */
  readonly asOf: string;
}

/** The list as its first page tells it. */
export function fromHead(head: TicketList): Rows {
  return { head, tickets: head.tickets, cursor: head.next_cursor, asOf: head.as_of };
}

/** Whether rows below the first page are loaded, whose changes the first page does not tell. */
export function isDeep(rows: Rows): boolean {
  return rows.tickets.length > rows.head.tickets.length;
}

/** The list with its first page read anew. */
export function withHead(rows: Rows | undefined, head: TicketList): Rows {
  if (rows === undefined || head.next_cursor === null) return fromHead(head);
  if (rows.head === head) return rows;
  const last = head.tickets.at(-1);
  const first = new Set(head.tickets.map((row) => row.ticket_id));
  // What is not on the page although its activity is as new has left the list.
  const below = rows.tickets.filter(
    (row) => !first.has(row.ticket_id) && (last === undefined || isAfter(last, row)),
  );
  const joined =
    rows.head.tickets.length === 0 ||
    last === undefined ||
    rows.head.tickets.some((row) => first.has(row.ticket_id));
  // Nothing in common: more than a page is new, and what lies between was never read.
  if (!joined) return fromHead(head);
  return { ...rows, head, tickets: [...head.tickets, ...below] };
}

/** The list with a page loaded below what was there. */
export function withOlder(rows: Rows, page: TicketList): Rows {
  const known = new Set(rows.tickets.map((row) => row.ticket_id));
  const added = page.tickets.filter((row) => !known.has(row.ticket_id));
  return { ...rows, tickets: [...rows.tickets, ...added], cursor: page.next_cursor };
}

/**
 * The list after tickets changed, whichever they are. A changed one that is still in the list is on its first
 * page; elsewhere its row is out of date. With more changes than one answer holds, only the first page is kept.
 */
export function withoutChanged(rows: Rows, changes: TicketList): Rows {
  if (changes.next_cursor !== null) return fromHead(rows.head);
  const first = new Set(rows.head.tickets.map((row) => row.ticket_id));
  const versions = new Map(changes.tickets.map((row) => [row.ticket_id, row.version]));
  const stale = (row: TicketRow) =>
    !first.has(row.ticket_id) && (versions.get(row.ticket_id) ?? 0) > row.version;
  const asOf = changes.as_of;
  return rows.tickets.some(stale)
    ? { ...rows, asOf, tickets: rows.tickets.filter((row) => !stale(row)) }
    : { ...rows, asOf };
}

/** Whether `row` comes after `other` in a list. */
function isAfter(other: TicketRow, row: TicketRow): boolean {
  if (row.updated_at !== other.updated_at) return row.updated_at < other.updated_at;
  return row.ticket_id < other.ticket_id;
}
