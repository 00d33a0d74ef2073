import { Button } from "../../src/ui/Button.tsx";
import { Input, Select } from "../../src/ui/Field.tsx";
import { Clock } from "../../src/ui/Time.tsx";
import {
  type Call,
  type Channel,
  type Customer,
  type FaultKind,
  isAnsweredByMail,
  type State,
} from "./api.ts";
import styles from "./Platform.module.css";
import type { Act } from "./useSandbox.ts";

const FAULTS: readonly (readonly [FaultKind, string])[] = [
  ["none", "None"],
  ["slow", "Answers late"],
  ["server_error", "Error of its own (500)"],
  ["rate_limited", "Asks to slow down"],
  ["window_closed", "Reply window closed"],
  ["token_expired", "Access token expired"],
  ["answer_lost", "Takes it, answer is lost"],
  ["bounced", "Takes it, it comes back"],
];
const SLOW_SECONDS = 5;
const CALLS = 6;

interface Props {
  state: State;
  channel: Channel;
  customer: Customer;
  act: Act;
}

/** The knobs: how the platform fails, when it posts, what it reports. */
export function Platform({ state, channel, customer, act }: Props) {
  const set = (change: Partial<Pick<Channel, "fault" | "delivery" | "receipts">>) =>
    act.mutate({ method: "PUT", path: `/channels/${channel.channel}`, body: change });
  const held = state.messages.filter((message) => state.held.includes(message.id));
  const deliver = (order: string | string[]) =>
    act.mutate({ method: "POST", path: "/held/deliver", body: { order } });
  const byMail = isAnsweredByMail(channel.channel);
  const provider = byMail ? "SendGrid" : channel.label;
  return (
    <div className={styles.platform}>
      <h2 className={styles.title}>What {provider} does</h2>
      {!channel.played && (
        <p className={styles.elsewhere}>
          A provider is set in the environment: it answers and reports, not the sandbox.
        </p>
      )}
      <Select
        label="Failure"
        disabled={!channel.played}
        value={channel.fault.kind}
        onChange={(event) => {
          const kind = event.target.value as FaultKind;
          set({ fault: kind === "slow" ? { kind, seconds: SLOW_SECONDS } : { kind } });
        }}
      >
        {FAULTS.filter(([kind]) => kind !== (byMail ? "window_closed" : "bounced")).map(([kind, label]) => (
          <option key={kind} value={kind}>
            {label}
          </option>
        ))}
      </Select>
      {channel.fault.kind === "slow" && (
        <Input
          label="Seconds late"
          type="number"
          min={1}
          max={60}
          value={channel.fault.seconds ?? SLOW_SECONDS}
          onChange={(event) => {
            const seconds = event.target.valueAsNumber;
            if (seconds >= 1 && seconds <= 60) set({ fault: { ...channel.fault, seconds } });
          }}
        />
      )}
      <Select
        label="Deliveries"
        value={channel.delivery}
        onChange={(event) => set({ delivery: event.target.value as Channel["delivery"] })}
      >
        <option value="immediate">At once</option>
        <option value="held">Held back, for you to order</option>
      </Select>
      {held.length > 0 && (
        <section aria-label="Held back" className={styles.held}>
          <h3 className={styles.heading}>Held back</h3>
          <ul>
            {held.map((message) => (
              <li key={message.id} className={styles.heldMessage}>
                <span className={styles.heldText}>{message.text}</span>
                <Button small onClick={() => deliver([message.id])}>
                  Deliver
                </Button>
              </li>
            ))}
          </ul>
          <div className={styles.buttons}>
            <Button small onClick={() => deliver("as_written")}>
              Deliver as written
            </Button>
            <Button small onClick={() => deliver("reversed")}>
              Deliver reversed
            </Button>
            <Button small onClick={() => deliver("shuffled")}>
              Deliver shuffled
            </Button>
          </div>
        </section>
      )}
      <Select
        label="Receipts"
        disabled={!channel.played}
        value={channel.receipts}
        onChange={(event) => set({ receipts: event.target.value as Channel["receipts"] })}
      >
        <option value="none">None</option>
        <option value="delivered">Delivered</option>
        {!byMail && <option value="read">Delivered and read</option>}
      </Select>
      {!byMail && (
        <Button
          disabled={!channel.played}
          onClick={() => act.mutate({ method: "POST", path: `/customers/${customer.id}/read` })}
        >
          {customer.name} reads everything
        </Button>
      )}
      <Calls calls={state.calls} />
    </div>
  );
}

const PROVIDERS: Record<Call["provider"], string> = {
  whatsapp: "WhatsApp",
  facebook: "Messenger",
  instagram: "Instagram",
  twitter: "X",
  sendgrid: "SendGrid",
};

function Calls({ calls }: { calls: readonly Call[] }) {
  return (
    <section aria-label="Calls of the desk">
      <h3 className={styles.heading}>Last calls of the desk</h3>
      {calls.length === 0 ? (
        <p className={styles.none}>None yet</p>
      ) : (
        <ol className={styles.calls}>
          {calls
            .slice(-CALLS)
            .reverse()
            .map((call) => (
              <li key={call.id} className={styles.call}>
                <Clock at={call.at} />
                <span>
                  {PROVIDERS[call.provider]} {call.status ?? "no answer"}: {call.note}
                </span>
              </li>
            ))}
        </ol>
      )}
    </section>
  );
}
