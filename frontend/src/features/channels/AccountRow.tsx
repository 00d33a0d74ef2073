import type { ReactNode } from "react";
import { type Account, CHANNEL_NAMES } from "../../api/types.ts";
import { Button } from "../../ui/Button.tsx";
import { classes } from "../../ui/classes.ts";
import { Icon } from "../../ui/Icon.tsx";
import { StatusDot } from "../../ui/StatusDot.tsx";
import { Ago, When } from "../../ui/Time.tsx";
import { agentName, useAgents } from "../agents.ts";
import { type Standing, standingOf } from "./accounts.ts";
import styles from "./ChannelsPage.module.css";

const MARKS: Record<Standing, { tone: "danger" | "warning" | "success"; word: string }> = {
  stopped: { tone: "danger", word: "Stopped" },
  paused: { tone: "warning", word: "Paused" },
  ok: { tone: "success", word: "Working" },
};

interface Props {
  account: Account;
  name: string;
  busy: boolean;
  onPause: () => void;
  onResume: () => void;
}

/** One account: its state first, then what waits, what went, what went wrong and what happens next. */
export function AccountRow({ account, name, busy, onPause, onResume }: Props) {
  const agents = useAgents();
  const standing = standingOf(account);
  const { tone, word } = MARKS[standing];
  const { channel, queue, parked, last_error: error } = account;
  return (
    <tr className={styles[standing]}>
      <Cell label="State">
        <StatusDot tone={tone}>{word}</StatusDot>
        {account.state !== "ok" && (
          <span className={styles.more}>
            {standing === "paused" ? `by ${agentName(agents, account.paused_by)}` : account.reason}
            {account.since !== null && (
              <>
                {" "}
                since <When at={account.since} />
              </>
            )}
          </span>
        )}
      </Cell>
      <th scope="row" data-label="Account">
        <span className={styles.account}>
          <Icon name={channel === "email" ? "mail" : channel} />
          {CHANNEL_NAMES[channel]}
        </span>
        <span className={styles.id}>{account.account_id}</span>
        {account.last_checked_at !== null && (
          <span className={styles.more}>
            checked <When at={account.last_checked_at} />
          </span>
        )}
        {parked !== null && (
          <span className={styles.more}>
            {`${parked.bodies.toLocaleString("en")} not understood, since `}
            <When at={parked.since} />
          </span>
        )}
      </th>
      <Cell label="Waiting">
        {queue === null ? (
          "Nothing"
        ) : (
          <>
            <strong>{queue.messages.toLocaleString("en")}</strong>
            <span className={styles.more}>
              oldest <Ago at={queue.since} />
            </span>
          </>
        )}
      </Cell>
      <Cell label="Last sent">
        {account.last_sent_at === null ? "Not known" : <When at={account.last_sent_at} />}
      </Cell>
      <Cell label="Last error" wide>
        {error === null ? (
          "None"
        ) : (
          <>
            <When at={error.at} /> <span className={styles.id}>{error.code}</span>
            <span className={styles.error}>{error.message}</span>
            <span className={styles.more}>{error.hint}</span>
          </>
        )}
      </Cell>
      <Cell label="Next try">
        {account.next_try_at === null ? "None due" : <When at={account.next_try_at} />}
      </Cell>
      <td className={styles.switch}>
        {standing === "stopped" && (
          <Button small disabled={busy} onClick={onResume} aria-label={`Try ${name} now`}>
            Try now
          </Button>
        )}
        {standing === "paused" ? (
          <Button small disabled={busy} onClick={onResume} aria-label={`Resume ${name}`}>
            Resume
          </Button>
        ) : (
          <Button small look="quiet" disabled={busy} onClick={onPause} aria-label={`Pause ${name}`}>
            Pause
          </Button>
        )}
      </td>
    </tr>
  );
}

function Cell({ label, wide = false, children }: { label: string; wide?: boolean; children: ReactNode }) {
  return (
    <td data-label={label} className={classes(wide && styles.wide)}>
      {children}
    </td>
  );
}
