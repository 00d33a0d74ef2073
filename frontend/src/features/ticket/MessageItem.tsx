import { lazy, memo, Suspense } from "react";
import {
  type Agent,
  CHANNEL_NAMES,
  type Message,
  PRIORITY_NAMES,
  STATUS_NAMES,
  type Ticket,
} from "../../api/types.ts";
import { Avatar } from "../../ui/Avatar.tsx";
import { classes } from "../../ui/classes.ts";
import { Icon } from "../../ui/Icon.tsx";
import { Clock, clock, useMinute } from "../../ui/Time.tsx";
import { agentName } from "../agents.ts";
import { customerName } from "../marks.tsx";
import { Attachments } from "./Attachments.tsx";
import { DeliveryFoot } from "./DeliveryFoot.tsx";
import { deliveryMark, expectedOut, isTakenBack } from "./delivery.ts";
import { KindMark } from "./KindMark.tsx";
import { linked } from "./linked.tsx";
import styles from "./MessageItem.module.css";
import { participantOf } from "./mail/mail.ts";

const Mail = lazy(() => import("./mail/Mail.tsx"));

interface Props {
  message: Message;
  ticketId: string;
  customer: Ticket["customer"];
  channel: Ticket["source"]["channel"];
  agents: readonly Agent[];
  /** Whether it follows one of the same sender within minutes, so that the name need not stand again. */
  follows: boolean;
  /** Called once a reply that waited was taken back. */
  onTakenBack?: ((message: Message) => void) | undefined;
}

/** One entry of a timeline. */
export const MessageItem = memo(function MessageItem({
  message,
  ticketId,
  customer,
  channel,
  agents,
  follows,
  onTakenBack,
}: Props) {
  if (message.content_type === "event_log") return <ChangeItem message={message} agents={agents} />;
  const name = senderName(message, customer, agents);
  const internal = message.visibility === "internal";
  const address = participantOf(message)?.address;
  const takenBack = isTakenBack(message);
  const text = message.content !== "" && <p className={styles.content}>{linked(message.content)}</p>;
  return (
    <article
      aria-label={`${internal ? "Internal note by " : ""}${name}, ${clock(new Date(message.timestamp))}`}
      data-message-id={message.message_id}
      data-sender={message.sender_type}
      data-visibility={message.visibility}
      data-delivery={takenBack ? "discarded" : message.delivery?.state}
      tabIndex={-1}
      className={classes(
        styles.item,
        styles[message.sender_type],
        internal && styles.internal,
        follows && styles.follows,
      )}
    >
      <div className={styles.side}>{!follows && <Avatar name={name} />}</div>
      <div className={styles.bubble}>
        {(!follows || internal) && (
          <header className={styles.head}>
            {internal && (
              <span className={styles.noteMark}>
                <Icon name="note" size={14} />
                Internal note
              </span>
            )}
            <span className={styles.name}>{name}</span>
            {address !== undefined && address !== name && <span>{address}</span>}
            {message.channel !== channel && <span>by {CHANNEL_NAMES[message.channel]}</span>}
          </header>
        )}
        <KindMark message={message} />
        {takenBack ? (
          message.content !== "" && (
            <p className={classes(styles.content, styles.gone)}>
              <s>{message.content}</s>
            </p>
          )
        ) : message.deleted_at !== null ? (
          <p className={styles.gone}>This message was taken back.</p>
        ) : message.content_type === "email" ? (
          <Suspense fallback={text}>
            <Mail message={message} ticketId={ticketId} customer={customerName(customer)} sender={name} />
          </Suspense>
        ) : (
          text
        )}
        <Attachments attachments={message.attachments} wholeText={message.content_truncated} />
        {message.reactions.length > 0 && (
          <p className={styles.reactions}>{message.reactions.map((reaction) => reaction.emoji).join(" ")}</p>
        )}
        <footer className={styles.foot}>
          <Clock at={message.timestamp} />
          {message.edited_at !== null && <span>edited</span>}
          {message.delivery !== null && <DeliveryMark message={message} />}
        </footer>
        {message.delivery !== null && (
          <DeliveryFoot message={message} ticketId={ticketId} onTakenBack={onTakenBack} />
        )}
      </div>
    </article>
  );
});

function DeliveryMark({ message }: { message: Message }) {
  const now = useMinute();
  const mark = deliveryMark(message);
  if (mark === null) return null;
  const expected = expectedOut(message, now);
  return (
    <span className={classes(styles.delivery, styles[mark.tone])}>
      <Icon name={mark.icon} size={14} />
      {expected === null ? mark.text : `${mark.text}, ${expected}`}
    </span>
  );
}

function ChangeItem({ message, agents }: { message: Message; agents: readonly Agent[] }) {
  return (
    <article
      aria-label={`Change, ${clock(new Date(message.timestamp))}`}
      data-message-id={message.message_id}
      data-sender={message.sender_type}
      data-visibility={message.visibility}
      className={styles.change}
    >
      <span>{describeChange(message, agents)}</span>
      <Clock at={message.timestamp} />
    </article>
  );
}

/** Who wrote a message, as far as is known. */
export function senderName(message: Message, customer: Ticket["customer"], agents: readonly Agent[]): string {
  switch (message.sender_type) {
    case "customer": {
      const other = participantOf(message);
      return other === null ? customerName(customer) : (other.name ?? other.address);
    }
    case "agent":
      return message.channel_specific_data.external === true
        ? elsewhere(message)
        : agentName(agents, message.agent_id);
    case "bot":
      return "Chatbot";
    case "system":
      return "Tributary";
  }
}

/** Where one of us answered, when it was not here. */
function elsewhere(message: Message): string {
  switch (message.channel_specific_data.source) {
    case "page_inbox":
      return "Answered in the page's inbox";
    case "whatsapp_business_app":
      return "Answered in the WhatsApp app";
    case "app":
      return "Answered by another app";
    default:
      return `Answered in ${CHANNEL_NAMES[message.channel]}`;
  }
}

/** A change in words: who, what, from what to what. */
export function describeChange(message: Message, agents: readonly Agent[]): string {
  const { field, from, to } = message.channel_specific_data;
  const who = message.agent_id === null ? null : agentName(agents, message.agent_id);
  const did = (active: string, passive: string) => (who === null ? passive : `${who} ${active}`);
  switch (field) {
    case "status":
      return did(
        `set the status from ${word(STATUS_NAMES, from)} to ${word(STATUS_NAMES, to)}`,
        `Status: ${word(STATUS_NAMES, from)} to ${word(STATUS_NAMES, to)}`,
      );
    case "priority":
      return did(
        `set the priority from ${word(PRIORITY_NAMES, from)} to ${word(PRIORITY_NAMES, to)}`,
        `Priority: ${word(PRIORITY_NAMES, from)} to ${word(PRIORITY_NAMES, to)}`,
      );
    case "assigned_agent_id": {
      const assignee = typeof to === "string" ? agentName(agents, to) : null;
      return did(
        assignee === null
          ? "took the assignee off"
          : assignee === who
            ? "took the ticket"
            : `assigned ${assignee}`,
        assignee === null ? "Assigned to nobody" : `Assigned to ${assignee}`,
      );
    }
    case "tags":
      return did(`set the tags to ${list(to)}`, `Tags: ${list(to)}`);
    case "subject":
      return did(`changed the subject to “${String(to)}”`, `Subject: “${String(to)}”`);
    default:
      return message.content;
  }
}

function word(names: Readonly<Record<string, string>>, value: unknown): string {
  return typeof value === "string" ? (names[value] ?? value) : "none";
}

function list(value: unknown): string {
  return Array.isArray(value) && value.length > 0 ? value.join(", ") : "none";
}
