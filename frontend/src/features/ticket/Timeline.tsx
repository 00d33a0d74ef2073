import { Fragment, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Message, Ticket } from "../../api/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { day, useMinute } from "../../ui/Time.tsx";
import { useAgents } from "../agents.ts";
import { MessageItem, senderName } from "./MessageItem.tsx";
import { participantOf } from "./mail/mail.ts";
import styles from "./Timeline.module.css";
import type { Thread } from "./thread.ts";

/** Pixels from the end within which the newest entry counts as in sight. */
const NEAR_END = 80;
/** Milliseconds within which entries of one sender stand together. */
const TOGETHER_MS = 300_000;

interface Props {
  ticket: Ticket;
  thread: Thread;
  loadOlder: () => Promise<void>;
  loadingOlder: boolean;
  /** Called once a reply that waited was taken back. */
  onTakenBack: (message: Message) => void;
  /** What is being sent, after the last entry. */
  children: ReactNode;
}

/** The conversation: oldest above, days between, older pages loaded upward, the end kept in sight. */
export function Timeline({ ticket, thread, loadOlder, loadingOlder, onTakenBack, children }: Props) {
  const agents = useAgents();
  const now = useMinute();
  const scroller = useRef<HTMLElement>(null);
  const end = useStickToEnd(scroller, thread.messages);
  return (
    <section ref={scroller} className={styles.scroller} aria-label="Conversation" onScroll={end.onScroll}>
      <div className={styles.thread}>
        {thread.older !== null && (
          <Button
            small
            className={styles.older}
            disabled={loadingOlder}
            onClick={() => void loadOlder().catch(() => undefined)}
          >
            {loadingOlder ? "Loading…" : "Show older messages"}
          </Button>
        )}
        {thread.messages.map((message, index) => {
          const before = thread.messages[index - 1];
          const newDay = before === undefined || dayOf(before) !== dayOf(message);
          return (
            <Fragment key={message.message_id}>
              {newDay && <h3 className={styles.day}>{day(new Date(message.timestamp), now)}</h3>}
              <MessageItem
                message={message}
                ticketId={ticket.ticket_id}
                customer={ticket.customer}
                channel={ticket.source.channel}
                agents={agents}
                follows={!newDay && isTogether(before, message)}
                onTakenBack={onTakenBack}
              />
            </Fragment>
          );
        })}
        {children}
      </div>
      {end.unseen > 0 && (
        <Button look="primary" small className={styles.unseen} onClick={end.show}>
          <Icon name="down" />
          {end.unseen === 1 ? "1 new entry" : `${end.unseen} new entries`}
        </Button>
      )}
      <p className="visually-hidden" aria-live="polite">
        {announced(thread.messages.at(-1), ticket)}
      </p>
    </section>
  );
}

/** Starts at the end, stays there while it is in sight, and keeps what is read in place otherwise. */
function useStickToEnd(scroller: React.RefObject<HTMLElement | null>, messages: readonly Message[]) {
  const atEnd = useRef(true);
  const before = useRef<{ first: string | undefined; height: number }>({ first: undefined, height: 0 });
  const seen = useRef(messages.at(-1)?.position ?? 0);
  const [unseen, setUnseen] = useState(0);
  const first = messages[0]?.message_id;
  const last = messages.at(-1)?.position ?? 0;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const { first: oldFirst, height } = before.current;
    if (atEnd.current) {
      element.scrollTop = element.scrollHeight;
      seen.current = last;
    } else if (oldFirst !== undefined && oldFirst !== first) {
      element.scrollTop += element.scrollHeight - height;
    }
    before.current = { first, height: element.scrollHeight };
    setUnseen(atEnd.current ? 0 : messages.filter((message) => message.position > seen.current).length);
  });

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    // The composer grows, windows shrink and lines wrap anew: the end stays in sight.
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    for (const content of element.children) observer.observe(content);
    return () => observer.disconnect();
  }, [scroller]);

  return {
    unseen,
    onScroll: () => {
      const element = scroller.current;
      if (element === null) return;
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
      if (atEnd.current) {
        seen.current = last;
        setUnseen(0);
      }
    },
    show: () => scroller.current?.scrollTo({ top: scroller.current.scrollHeight }),
  };
}

function dayOf(message: Message): string {
  return new Date(message.timestamp).toDateString();
}

function isTogether(before: Message | undefined, message: Message): boolean {
  return (
    before !== undefined &&
    before.content_type !== "event_log" &&
    before.sender_type === message.sender_type &&
    before.agent_id === message.agent_id &&
    before.visibility === message.visibility &&
    participantOf(before)?.address === participantOf(message)?.address &&
    Math.abs(Date.parse(message.timestamp) - Date.parse(before.timestamp)) < TOGETHER_MS
  );
}

/** What somebody who listens is told when it arrives. */
function announced(message: Message | undefined, ticket: Ticket): string {
  return message?.sender_type === "customer"
    ? `${senderName(message, ticket.customer, [])}: ${message.content.slice(0, 200)}`
    : "";
}
