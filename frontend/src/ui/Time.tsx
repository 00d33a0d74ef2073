import { useSyncExternalStore } from "react";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DATE_WITH_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

/** The clock all times on the page share: one timer, however many there are. */
const minute = {
  subscribe(listener: () => void): () => void {
    const timer = setInterval(listener, MINUTE / 4);
    return () => clearInterval(timer);
  },
  now: () => Math.floor(Date.now() / MINUTE) * MINUTE,
};

/** The current minute, in milliseconds since the epoch. */
export function useMinute(): number {
  return useSyncExternalStore(minute.subscribe, minute.now);
}

/** How long ago, as short as a list needs it: "now", "5 min", "3 h", "4 Mar", "4 Mar 2025". */
export function ago(at: Date, now: number): string {
  const passed = now - at.getTime();
  if (passed < MINUTE) return "now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`;
  if (passed < 12 * HOUR) return `${Math.floor(passed / HOUR)} h`;
  if (at.toDateString() === new Date(now).toDateString()) return CLOCK.format(at);
  return date(at, now);
}

function date(at: Date, now: number): string {
  return at.getFullYear() === new Date(now).getFullYear() ? DATE.format(at) : DATE_WITH_YEAR.format(at);
}

/** "14:02". */
export function clock(at: Date): string {
  return CLOCK.format(at);
}

/** "Today", "Yesterday" or the day. */
export function day(at: Date, now: number): string {
  const key = at.toDateString();
  if (key === new Date(now).toDateString()) return "Today";
  if (key === new Date(now - 24 * HOUR).toDateString()) return "Yesterday";
  return DAY.format(at) + (at.getFullYear() === new Date(now).getFullYear() ? "" : ` ${at.getFullYear()}`);
}

/** How long ago something was, the full time as its tooltip. */
export function Ago({ at }: { at: string }) {
  const now = useMinute();
  const time = new Date(at);
  return (
    <time dateTime={at} title={FULL.format(time)}>
      {ago(time, now)}
    </time>
  );
}

/** The day, today's with the time: "Today, 14:02", "4 Mar", "4 Mar 2025". */
export function dayOrTime(at: Date, now: number): string {
  return at.toDateString() === new Date(now).toDateString() ? `Today, ${CLOCK.format(at)}` : date(at, now);
}

/** When something was, the full time as its tooltip. */
export function When({ at }: { at: string }) {
  const now = useMinute();
  const time = new Date(at);
  return (
    <time dateTime={at} title={FULL.format(time)}>
      {dayOrTime(time, now)}
    </time>
  );
}

/** The time of day, the full time as its tooltip. */
export function Clock({ at }: { at: string }) {
  const time = new Date(at);
  return (
    <time dateTime={at} title={FULL.format(time)}>
      {clock(time)}
    </time>
  );
}
