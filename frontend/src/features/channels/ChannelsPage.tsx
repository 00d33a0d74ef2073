import { useEffect, useState } from "react";
import { useDesk } from "../../api/context.ts";
import { asProblem } from "../../api/problem.ts";
import { type Account, CHANNEL_NAMES } from "../../api/types.ts";
import { Banner } from "../../ui/Banner.tsx";
import { Button, IconButton } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Skeleton } from "../../ui/Skeleton.tsx";
import { Clock } from "../../ui/Time.tsx";
import { AccountRow } from "./AccountRow.tsx";
import { accountKey, urgentFirst } from "./accounts.ts";
import styles from "./ChannelsPage.module.css";
import { useChannels } from "./useChannels.ts";

/** How every account of the desk stands, what waits to be sent, and the switch to stop and start it. For supervisors. */
export default function ChannelsPage() {
  const { me } = useDesk();
  useEffect(() => {
    document.title = "Channels · Tributary";
  }, []);
  return (
    <div className={styles.page}>
      {me.groups.includes("Supervisors") ? (
        <Channels />
      ) : (
        <>
          <h1 className={styles.title}>Channels</h1>
          <p role="alert">This page is for supervisors.</p>
        </>
      )}
    </div>
  );
}

function Channels() {
  const { query, change } = useChannels();
  const [pausing, setPausing] = useState<Account | null>(null);
  const problem = change.error ?? query.error;
  const name = (account: Account) => `${CHANNEL_NAMES[account.channel]} ${account.account_id}`;
  return (
    <>
      <header className={styles.head}>
        <h1 className={styles.title}>Channels</h1>
        <span className={styles.read}>
          {query.dataUpdatedAt > 0 && (
            <>
              as of <Clock at={new Date(query.dataUpdatedAt).toISOString()} />
            </>
          )}
        </span>
        <IconButton icon="refresh" label="Read again" onClick={() => void query.refetch()} />
      </header>
      {problem !== null && (
        <Banner tone="danger">
          {change.error !== null ? "Not changed. " : ""}
          {asProblem(problem).message}
        </Banner>
      )}
      {query.data === undefined ? (
        query.error === null && (
          <div aria-busy="true" className={styles.skeleton}>
            <Skeleton width={60} />
            <Skeleton width={40} />
          </div>
        )
      ) : query.data.length === 0 ? (
        <p>No account is set up yet.</p>
      ) : (
        <table className={styles.table} aria-label="Accounts">
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Account</th>
              <th scope="col">Waiting</th>
              <th scope="col">Last sent</th>
              <th scope="col">Last error</th>
              <th scope="col">Next try</th>
              <th scope="col">
                <span className="visually-hidden">Switch</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {urgentFirst(query.data).map((account) => (
              <AccountRow
                key={accountKey(account)}
                account={account}
                name={name(account)}
                busy={change.isPending && accountKey(change.variables.account) === accountKey(account)}
                onPause={() => setPausing(account)}
                onResume={() => change.mutate({ account, state: "ok" })}
              />
            ))}
          </tbody>
        </table>
      )}
      {pausing !== null && (
        <Dialog title={`Pause ${name(pausing)}?`} onClose={() => setPausing(null)}>
          <p>
            It sends nothing until somebody resumes it. What agents write waits and goes out then; what
            customers write still comes in.
          </p>
          <div className={styles.confirm}>
            <Button onClick={() => setPausing(null)}>Leave it</Button>
            <Button
              look="primary"
              onClick={() => {
                change.mutate({ account: pausing, state: "paused" });
                setPausing(null);
              }}
            >
              Pause it
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
