import { useState } from "react";
import { Avatar } from "../../src/ui/Avatar.tsx";
import { Button } from "../../src/ui/Button.tsx";
import { classes } from "../../src/ui/classes.ts";
import { Dialog } from "../../src/ui/Dialog.tsx";
import { Input, Select } from "../../src/ui/Field.tsx";
import { Icon } from "../../src/ui/Icon.tsx";
import { type ChannelName, type Customer, isAnsweredByMail, KINDS, type State } from "./api.ts";
import styles from "./Customers.module.css";
import type { Act } from "./useSandbox.ts";

interface Props {
  state: State;
  chosen: string;
  onChoose: (id: string) => void;
  act: Act;
}

/** Whom one can be, by channel. */
export function Customers({ state, chosen, onChoose, act }: Props) {
  const [adding, setAdding] = useState(false);
  return (
    <nav aria-label="Customers" className={styles.nav}>
      {state.channels.map((channel) => (
        <section key={channel.channel} aria-label={channel.label}>
          <h2 className={styles.channel}>
            <Icon name={channel.channel === "email" ? "mail" : channel.channel} size={14} />
            {channel.label}
          </h2>
          <ul>
            {state.customers
              .filter((customer) => customer.channel === channel.channel)
              .map((customer) => (
                <li key={customer.id}>
                  <button
                    type="button"
                    aria-label={`${customer.name}, ${channel.label}`}
                    aria-current={customer.id === chosen ? "true" : undefined}
                    className={classes(styles.customer, customer.id === chosen && styles.chosen)}
                    onClick={() => onChoose(customer.id)}
                  >
                    <Avatar name={customer.name} />
                    <span className={styles.names}>
                      <span className={styles.name}>{customer.name}</span>
                      <span className={styles.last}>{lastText(state, customer)}</span>
                    </span>
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
      <Button className={styles.add} onClick={() => setAdding(true)}>
        New customer
      </Button>
      {adding && <NewCustomer state={state} act={act} onChoose={onChoose} onClose={() => setAdding(false)} />}
    </nav>
  );
}

function lastText(state: State, customer: Customer): string {
  const last = state.messages.findLast((message) => message.customer_id === customer.id);
  if (last !== undefined) return last.text === "" ? KINDS[last.kind] : last.text;
  return customer.email ?? customer.platform_id;
}

function NewCustomer({ state, act, onChoose, onClose }: Omit<Props, "chosen"> & { onClose: () => void }) {
  const [channel, setChannel] = useState<ChannelName>("whatsapp");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const add = async () => {
    const body = { channel, name, ...(isAnsweredByMail(channel) ? { email } : {}) };
    const customer = (await act.mutateAsync({ method: "POST", path: "/customers", body })) as Customer;
    onChoose(customer.id);
    onClose();
  };
  return (
    <Dialog title="New customer" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          add().catch(() => undefined);
        }}
      >
        <Select
          label="Channel"
          value={channel}
          onChange={(event) => setChannel(event.target.value as ChannelName)}
        >
          {state.channels.map((one) => (
            <option key={one.channel} value={one.channel}>
              {one.label}
            </option>
          ))}
        </Select>
        <Input
          label="Name"
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {isAnsweredByMail(channel) && (
          <Input
            label="Email, where answers go"
            type="email"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
        {act.error !== null && <p role="alert">{act.error.message}</p>}
        <Button type="submit" look="primary">
          Add
        </Button>
      </form>
    </Dialog>
  );
}
