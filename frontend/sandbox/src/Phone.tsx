import { useLayoutEffect, useRef } from "react";
import { Avatar } from "../../src/ui/Avatar.tsx";
import { classes } from "../../src/ui/classes.ts";
import { Icon, type IconName } from "../../src/ui/Icon.tsx";
import { Clock, clock } from "../../src/ui/Time.tsx";
import { type Channel, type Customer, KINDS, type Message } from "./api.ts";
import { Composer } from "./Composer.tsx";
import styles from "./Phone.module.css";
import type { Act } from "./useSandbox.ts";

interface Props {
  customer: Customer;
  channel: Channel;
  messages: readonly Message[];
  inspected: string | null;
  onInspect: (id: string) => void;
  act: Act;
}

/** The customer's phone: what they wrote, what they got, and where they write. */
export function Phone({ customer, channel, messages, inspected, onInspect, act }: Props) {
  const thread = useRef<HTMLDivElement>(null);
  const count = messages.length;
  useLayoutEffect(() => {
    const element = thread.current;
    // It is turned upside down, so that its end stays in view when the space for it changes.
    if (element !== null && count > 0) element.scrollTop = 0;
  }, [count]);
  return (
    <section aria-label={`Phone of ${customer.name}`} className={styles.phone}>
      <header className={styles.head}>
        <Avatar name={customer.name} />
        <div className={styles.names}>
          <h2 className={styles.name}>{customer.name}</h2>
          <p className={styles.id}>
            <Icon name={customer.channel === "email" ? "mail" : customer.channel} size={14} />
            {channel.label}, {customer.email ?? customer.platform_id}
          </p>
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section ref={thread} className={styles.thread} tabIndex={0} aria-label="Messages">
        <div className={styles.messages}>
          {messages.length === 0 && (
            <p className={styles.empty}>
              Write as {customer.name}, then answer in the workbench. The reply arrives here.
            </p>
          )}
          {messages.map((message) => (
            <Bubble
              key={message.id}
              message={message}
              inspected={message.id === inspected}
              onInspect={onInspect}
            />
          ))}
        </div>
      </section>
      <Composer customer={customer} channel={channel} act={act} />
    </section>
  );
}

const STATES: Record<Message["state"], { icon: IconName; text: string }> = {
  held: { icon: "clock", text: "Held back" },
  refused: { icon: "undelivered", text: "Not taken by the desk" },
  accepted: { icon: "check", text: "Taken by the platform" },
  delivered: { icon: "check", text: "At the desk" },
  read: { icon: "checks", text: "Read" },
};

function Bubble({
  message,
  inspected,
  onInspect,
}: {
  message: Message;
  inspected: boolean;
  onInspect: (id: string) => void;
}) {
  const incoming = message.direction === "in";
  const state =
    message.direction === "out" && message.state === "delivered"
      ? { icon: "checks" as const, text: "Delivered" }
      : STATES[message.state];
  return (
    <article
      aria-label={`${incoming ? "Written" : "Received"} at ${clock(new Date(message.at))}`}
      data-message-id={message.id}
      data-direction={message.direction}
      data-state={message.state}
      className={classes(styles.bubble, incoming ? styles.own : styles.desk, inspected && styles.inspected)}
    >
      {message.via === "email" && message.subject !== null && (
        <p className={styles.mail}>
          <Icon name="mail" size={14} />
          {message.subject}
        </p>
      )}
      {message.kind !== "text" && <p className={styles.kind}>{KINDS[message.kind]}</p>}
      {message.text !== "" && <p className={styles.text}>{message.text}</p>}
      <footer className={styles.foot}>
        <Clock at={message.at} />
        <span className={classes(styles.state, message.state === "refused" && styles.refused)}>
          <Icon name={state.icon} size={14} />
          {state.text}
        </span>
        {incoming && (
          <button type="button" className={styles.inspect} onClick={() => onInspect(message.id)}>
            Look inside
          </button>
        )}
      </footer>
    </article>
  );
}
