import { Link, useLocation } from "wouter";
import { CHANNEL_NAMES, CHANNELS, PRIORITIES, PRIORITY_NAMES } from "../../api/types.ts";
import { classes } from "../../ui/classes.ts";
import { Icon } from "../../ui/Icon.tsx";
import styles from "./FilterBar.module.css";
import { type Filters, VIEWS, withFilters } from "./filters.ts";

/** The views, channels and priorities to choose from: links, so that every list has an address. */
export function FilterBar({
  filters,
  open,
  isSupervisor,
}: {
  filters: Filters;
  open: boolean;
  isSupervisor: boolean;
}) {
  const [path] = useLocation();
  const at = path.startsWith("/tickets/") ? path : "/";
  const to = (change: Partial<Filters>) => withFilters(at, { ...filters, ...change });
  const inChannels = path === "/channels";
  const isView = (view: Pick<Filters, "status" | "assigned">) =>
    !inChannels && view.status.join() === filters.status.join() && view.assigned === filters.assigned;
  return (
    <nav aria-label="Filters" className={classes(styles.bar, open && styles.open)}>
      <ul className={styles.group}>
        {VIEWS.map((view) => (
          <li key={view.name}>
            <Choice href={to(view.filters)} on={isView(view.filters)}>
              {view.name}
            </Choice>
          </li>
        ))}
      </ul>
      <h2 className={styles.heading}>Channel</h2>
      <ul className={styles.group}>
        {CHANNELS.map((channel) => (
          <li key={channel}>
            <Choice
              href={to({ channel: toggled(filters.channel, channel) })}
              on={filters.channel.includes(channel)}
            >
              <Icon name={channel === "email" ? "mail" : channel} />
              {CHANNEL_NAMES[channel]}
            </Choice>
          </li>
        ))}
      </ul>
      <h2 className={styles.heading}>Priority</h2>
      <ul className={styles.group}>
        {[...PRIORITIES].reverse().map((priority) => (
          <li key={priority}>
            <Choice
              href={to({ priority: toggled(filters.priority, priority) })}
              on={filters.priority.includes(priority)}
            >
              {PRIORITY_NAMES[priority]}
            </Choice>
          </li>
        ))}
      </ul>
      {filters.tag !== "" && (
        <>
          <h2 className={styles.heading}>Tag</h2>
          <Choice href={to({ tag: "" })} on>
            <Icon name="tag" />
            {filters.tag}
          </Choice>
        </>
      )}
      {isSupervisor && (
        <>
          <h2 className={styles.heading}>Desk</h2>
          <Choice href="/channels" on={inChannels}>
            <Icon name="system" />
            Channels
          </Choice>
        </>
      )}
    </nav>
  );
}

function Choice({ href, on, children }: { href: string; on: boolean; children: React.ReactNode }) {
  return (
    <Link
      href={href}
      className={classes(styles.choice, on && styles.on)}
      aria-current={on ? "true" : undefined}
    >
      {children}
    </Link>
  );
}

function toggled<T>(chosen: readonly T[], one: T): T[] {
  return chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
}
