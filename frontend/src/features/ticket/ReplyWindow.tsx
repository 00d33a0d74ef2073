import { CHANNEL_NAMES, type Ticket } from "../../api/types.ts";
import { classes } from "../../ui/classes.ts";
import { clock, day, useMinute } from "../../ui/Time.tsx";
import styles from "./Composer.module.css";

/** How long before its end an open window is worth a word. */
const SOON_MS = 3 * 3_600_000;

/** Until when one may answer, when that is soon over, or over. */
export function ReplyWindow({ ticket }: { ticket: Ticket }) {
  const now = useMinute();
  const said = windowSentence(ticket, now);
  if (said === null) return null;
  return (
    <p role="status" className={classes(styles.window, said.over && styles.closed)}>
      {said.sentence}
    </p>
  );
}

/** What to say of a ticket's reply window; nothing while there is time. `now` in milliseconds since the epoch. */
export function windowSentence(ticket: Ticket, now: number): { sentence: string; over: boolean } | null {
  const channel = CHANNEL_NAMES[ticket.source.channel];
  const { mode, until } = ticket.reply_window;
  const end = until === null ? null : new Date(until);
  switch (mode) {
    case "free": {
      if (end === null || end.getTime() - now > SOON_MS) return null;
      return end.getTime() <= now
        ? { sentence: `The time to answer on ${channel} is over since ${moment(end, now)}.`, over: true }
        : { sentence: `You can answer on ${channel} until ${moment(end, now)}.`, over: false };
    }
    case "human_agent":
      return {
        sentence: `${channel} takes no automatic answers any more: answer yourself${end === null ? "" : ` until ${moment(end, now)}`}.`,
        over: false,
      };
    case "template":
      return {
        sentence: `${channel} takes only templates now, because the customer has not written for a while.`,
        over: true,
      };
    case "closed":
      return {
        sentence: `${channel} lets nobody reply to this customer now, because the time to answer is over. Wait until they write, or reach them another way. Notes can be written.`,
        over: true,
      };
  }
}

function moment(at: Date, now: number): string {
  const today = at.toDateString() === new Date(now).toDateString();
  return today ? clock(at) : `${day(at, now)}, ${clock(at)}`;
}
