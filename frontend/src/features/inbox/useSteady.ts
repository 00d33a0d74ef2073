import { useCallback, useEffect, useRef, useState } from "react";
import type { TicketRow } from "../../api/types.ts";

/** Milliseconds after the last movement during which rows keep their places. */
const HOLD_MS = 2_500;

/**
 * The rows to show. While somebody points at or steps through the list they keep their places, with their
 * content up to date, so that nobody clicks on what has just moved there.
 */
export function useSteady(latest: readonly TicketRow[]): { tickets: readonly TicketRow[]; hold: () => void } {
  const [held, setHeld] = useState<readonly TicketRow[] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const shown = held === null ? latest : inPlace(held, latest);
  const current = useRef(shown);
  useEffect(() => {
    current.current = shown;
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  const hold = useCallback(() => {
    setHeld((now) => now ?? current.current);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setHeld(null), HOLD_MS);
  }, []);
  return { tickets: shown, hold };
}

/** `held` in its order with the content of `latest`; what is new and older than all of it comes after. */
function inPlace(held: readonly TicketRow[], latest: readonly TicketRow[]): readonly TicketRow[] {
  const rows = new Map(latest.map((row) => [row.ticket_id, row]));
  const shown = held.map((row) => rows.get(row.ticket_id) ?? row);
  const known = new Set(held.map((row) => row.ticket_id));
  const last = held.at(-1);
  const below = latest.filter(
    (row) => !known.has(row.ticket_id) && (last === undefined || row.updated_at < last.updated_at),
  );
  const same = below.length === 0 && shown.every((row, index) => row === held[index]);
  return same ? held : [...shown, ...below];
}
