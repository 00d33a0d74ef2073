import { lazy, Suspense, useEffect, useState } from "react";
import { Route, Switch, useLocation, useSearch } from "wouter";
import { useDesk } from "../api/context.ts";
import { useReachable } from "../api/reachable.ts";
import { signOut } from "../auth/session.ts";
import { FilterBar } from "../features/inbox/FilterBar.tsx";
import { parseFilters, withFilters } from "../features/inbox/filters.ts";
import { Inbox } from "../features/inbox/Inbox.tsx";
import { useOutboxSender } from "../features/ticket/useOutbox.ts";
import { Banner } from "../ui/Banner.tsx";
import { Button, IconButton } from "../ui/Button.tsx";
import { classes } from "../ui/classes.ts";
import { useShortcuts } from "../ui/shortcuts.ts";
import { ThemeSwitch } from "../ui/ThemeSwitch.tsx";
import styles from "./Shell.module.css";

const loadTicketPage = () => import("../features/ticket/TicketPage.tsx");
const TicketPage = lazy(loadTicketPage);
const ChannelsPage = lazy(() => import("../features/channels/ChannelsPage.tsx"));
const Help = lazy(() => import("./Help.tsx"));

/** The frame: brand and account above, filters, list and ticket beside each other where there is room. */
export function Shell() {
  const { me } = useDesk();
  const [path, navigate] = useLocation();
  const filters = parseFilters(useSearch());
  const reachable = useReachable();
  const [help, setHelp] = useState(false);
  const [menu, setMenu] = useState(false);
  const inTicket = path.startsWith("/tickets/");
  // A page that needs the room of the list.
  const alone = path === "/channels";
  useOutboxSender();
  useShortcuts({
    "?": () => setHelp(true),
    escape: () => setMenu(false),
    u: () => navigate(withFilters("/", filters)),
  });
  // Another list or ticket was chosen: the menu has done its work.
  const place = `${path}?${JSON.stringify(filters)}`;
  const [shownPlace, setShownPlace] = useState(place);
  if (place !== shownPlace) {
    setShownPlace(place);
    setMenu(false);
  }
  useEffect(() => {
    // The list comes first; what opens a ticket is there before anybody has chosen one.
    const later = window.requestIdleCallback ?? setTimeout;
    later(() => void loadTicketPage().catch(() => undefined));
  }, []);
  useEffect(() => {
    if (!inTicket && !alone) document.title = "Inbox · Tributary";
  }, [inTicket, alone]);

  return (
    <div className={styles.shell}>
      <a className={classes(styles.skip, "visually-hidden")} href="#main">
        {alone ? "Skip to the channels" : "Skip to the ticket"}
      </a>
      <header className={styles.top}>
        <IconButton
          className={styles.menuButton}
          icon="menu"
          label="Filters"
          aria-expanded={menu}
          onClick={() => setMenu(!menu)}
        />
        <span className={styles.brand}>
          <img src="/favicon.svg" alt="" width="22" height="22" />
          Tributary
        </span>
        <span className={styles.account} title={me.email ?? undefined}>
          {me.name ?? me.email}
        </span>
        <ThemeSwitch />
        <IconButton icon="help" label="Keyboard shortcuts" onClick={() => setHelp(true)} />
        <IconButton icon="signout" label="Sign out" onClick={() => void signOut()} />
      </header>
      <div aria-live="assertive">
        {!reachable && (
          <Banner tone="danger">
            The desk cannot be reached. It is tried again by itself; what you type is kept and sent then.
          </Banner>
        )}
      </div>
      <div className={classes(styles.panes, inTicket && styles.inTicket, alone && styles.alone)}>
        <FilterBar filters={filters} open={menu} isSupervisor={me.groups.includes("Supervisors")} />
        {!alone && <Inbox filters={filters} selected={inTicket ? path.slice("/tickets/".length) : null} />}
        <main id="main" className={styles.main} tabIndex={-1}>
          <Switch>
            <Route path="/tickets/:id">
              {({ id }) => (
                <Suspense>
                  <TicketPage key={id} id={id} back={withFilters("/", filters)} />
                </Suspense>
              )}
            </Route>
            <Route path="/channels">
              <Suspense>
                <ChannelsPage />
              </Suspense>
            </Route>
            <Route path="/">
              <div className={styles.empty}>
                <p>
                  Choose a ticket from the list. Press <kbd>?</kbd> for the keyboard shortcuts.
                </p>
              </div>
            </Route>
            <Route>
              <div className={styles.empty}>
                <p>There is no such page.</p>
                <Button onClick={() => navigate("/")}>To the inbox</Button>
              </div>
            </Route>
          </Switch>
        </main>
      </div>
      {help && (
        <Suspense>
          <Help onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </div>
  );
}
