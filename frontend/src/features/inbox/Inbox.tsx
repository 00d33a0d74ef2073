import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { asProblem } from "../../api/problem.ts";
import { Banner } from "../../ui/Banner.tsx";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useShortcuts } from "../../ui/shortcuts.ts";
import { type Filters, filtersToQuery, withFilters } from "./filters.ts";
import styles from "./Inbox.module.css";
import { TicketList, TicketListSkeleton } from "./TicketList.tsx";
import { useInbox } from "./useInbox.ts";

/** Milliseconds of rest before what was typed is searched for. */
const SEARCH_REST_MS = 250;

/** The list of tickets, with its search. */
export function Inbox({ filters, selected }: { filters: Filters; selected: string | null }) {
  const inbox = useInbox(filters);
  const [path, navigate] = useLocation();
  const at = path.startsWith("/tickets/") ? path : "/";
  const problem = inbox.error === null ? null : asProblem(inbox.error);
  // A page without rows that names a next one: there was much to look through, and there is more.
  const cursor = inbox.rows?.cursor ?? null;
  const looking = inbox.rows?.tickets.length === 0 && cursor !== null;
  const { loadMore } = inbox;
  useEffect(() => {
    if (looking && cursor !== null) loadMore().catch(() => undefined);
  }, [looking, cursor, loadMore]);
  const filtered = Object.keys(filtersToQuery(filters)).length > 0;
  return (
    <section className={styles.inbox} aria-label="Inbox">
      <Search
        value={filters.q}
        onSearch={(q) => navigate(withFilters(at, { ...filters, q }), { replace: true })}
      />
      {problem !== null && problem.code !== "unreachable" && (
        <Banner
          tone="danger"
          actions={
            <Button small onClick={() => void inbox.refetch()}>
              Try again
            </Button>
          }
        >
          {problem.message}
        </Banner>
      )}
      {inbox.rows === undefined || looking ? (
        <TicketListSkeleton />
      ) : inbox.rows.tickets.length === 0 ? (
        <div className={styles.empty}>
          <p>{filtered ? "No ticket matches these filters." : "No tickets yet."}</p>
          {filters.q !== "" && (
            <Button small onClick={() => navigate(withFilters(at, { ...filters, q: "" }))}>
              Clear the search
            </Button>
          )}
        </div>
      ) : (
        <TicketList
          key={JSON.stringify(filters)}
          tickets={inbox.rows.tickets}
          cursor={inbox.rows.cursor}
          loadMore={loadMore}
          filters={filters}
          selected={selected}
        />
      )}
    </section>
  );
}

function Search({ value, onSearch }: { value: string; onSearch: (q: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [shown, setShown] = useState(value);
  if (value !== shown) {
    setShown(value);
    setText(value);
  }
  useShortcuts({ "/": () => field.current?.select() });
  const search = useRef(onSearch);
  useEffect(() => {
    search.current = onSearch;
  });
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => search.current(text), SEARCH_REST_MS);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <div className={styles.search}>
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label="Search tickets"
        placeholder="Search name, number, reference…"
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onSearch(text);
          // The browser would empty the field: the list stays as it was searched for.
          if (event.key === "Escape") {
            event.preventDefault();
            event.currentTarget.blur();
          }
        }}
      />
    </div>
  );
}
