import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { TicketRow as Row } from "../../api/types.ts";
import { Skeleton } from "../../ui/Skeleton.tsx";
import { useShortcuts } from "../../ui/shortcuts.ts";
import type { Filters } from "./filters.ts";
import styles from "./TicketList.module.css";
import { TicketRow } from "./TicketRow.tsx";
import { useSteady } from "./useSteady.ts";

/** Pixels, as in the stylesheet: rows are all the same, so nothing moves when they fill. */
const ROW_HEIGHT = 80;
/** Rows before the end at which the next page is loaded. */
const AHEAD = 20;

interface Props {
  tickets: readonly Row[];
  /** For the next page, none when all are loaded. */
  cursor: string | null;
  loadMore: () => Promise<void>;
  filters: Filters;
  selected: string | null;
}

/** The rows, of which only those in sight exist; steady under the pointer while the list updates. */
export function TicketList({ tickets: latest, cursor, loadMore, filters, selected }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const { tickets, hold } = useSteady(latest);
  const virtual = useVirtualizer({
    count: tickets.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => tickets[index]?.ticket_id ?? index,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  useAnchor(scroller, tickets);

  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    // A page may bring no row, only where to look on.
    if (cursor !== null && lastShown >= tickets.length - AHEAD) loadMore().catch(() => undefined);
  }, [cursor, lastShown, loadMore, tickets.length]);

  const step = (by: number) => {
    const row = document.activeElement?.closest("[data-ticket-id]");
    const id = row instanceof HTMLElement ? row.dataset.ticketId : selected;
    const from = tickets.findIndex((ticket) => ticket.ticket_id === id);
    const to = from === -1 ? 0 : Math.min(Math.max(from + by, 0), tickets.length - 1);
    const next = tickets[to];
    if (next === undefined) return;
    hold();
    virtual.scrollToIndex(to, { align: "auto" });
    requestAnimationFrame(() => {
      scroller.current
        ?.querySelector<HTMLElement>(`[data-ticket-id="${next.ticket_id}"] a`)
        ?.focus({ preventScroll: true });
    });
  };
  useShortcuts({ j: () => step(1), k: () => step(-1) });
  const latestStep = useRef(step);
  useEffect(() => {
    latestStep.current = step;
  });
  useEffect(() => {
    const element = scroller.current;
    const onKey = (event: KeyboardEvent) => {
      const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (by === 0) return;
      event.preventDefault();
      latestStep.current(by);
    };
    element?.addEventListener("pointermove", hold);
    element?.addEventListener("keydown", onKey);
    return () => {
      element?.removeEventListener("pointermove", hold);
      element?.removeEventListener("keydown", onKey);
    };
  }, [hold]);

  return (
    <div ref={scroller} className={styles.scroller}>
      <ul aria-label="Tickets" className={styles.list} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const ticket = tickets[item.index];
          return ticket === undefined ? null : (
            <li
              key={item.key}
              data-ticket-id={ticket.ticket_id}
              aria-posinset={item.index + 1}
              aria-setsize={cursor === null ? tickets.length : -1}
              className={styles.item}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <TicketRow ticket={ticket} filters={filters} selected={ticket.ticket_id === selected} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Keeps the first row in sight where it is when others come or go above it. */
function useAnchor(scroller: React.RefObject<HTMLDivElement | null>, tickets: readonly Row[]): void {
  const before = useRef(tickets);
  useLayoutEffect(() => {
    const element = scroller.current;
    const old = before.current;
    before.current = tickets;
    if (element === null || old === tickets || element.scrollTop < ROW_HEIGHT) return;
    const top = Math.floor(element.scrollTop / ROW_HEIGHT);
    const places = new Map(tickets.map((ticket, index) => [ticket.ticket_id, index]));
    for (let index = top; index < old.length; index += 1) {
      const now = places.get(old[index]?.ticket_id ?? "");
      if (now === undefined) continue;
      if (now !== index) element.scrollTop += (now - index) * ROW_HEIGHT;
      return;
    }
  }, [scroller, tickets]);
}

/** As many rows as fill a screen, the size of real ones. */
export function TicketListSkeleton() {
  return (
    <ul aria-label="Tickets" aria-busy="true" className={styles.scroller}>
      {[70, 55, 62, 48, 66, 58, 71, 50].map((width) => (
        <li key={width} className={styles.skeleton}>
          <Skeleton width={width} />
          <Skeleton width={width + 20} />
          <Skeleton width={width - 20} />
        </li>
      ))}
    </ul>
  );
}
