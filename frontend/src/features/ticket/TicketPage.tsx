import { useCallback, useEffect, useState } from "react";
import { Link } from "wouter";
import { useDesk } from "../../api/context.ts";
import { asProblem } from "../../api/problem.ts";
import { CHANNEL_NAMES, type Message, type NamedFile, type Visibility } from "../../api/types.ts";
import { Avatar } from "../../ui/Avatar.tsx";
import { Button, IconButton } from "../../ui/Button.tsx";
import { classes } from "../../ui/classes.ts";
import { Icon } from "../../ui/Icon.tsx";
import { Skeleton } from "../../ui/Skeleton.tsx";
import { useShortcuts } from "../../ui/shortcuts.ts";
import { useAgents } from "../agents.ts";
import { CustomerPanel } from "../customer/CustomerPanel.tsx";
import { customerName, StatusMark } from "../marks.tsx";
import { Composer } from "./Composer.tsx";
import { Conflict } from "./Conflict.tsx";
import { draftKey, prependToDraft } from "./drafts.ts";
import { putBackFiles } from "./files/pending.ts";
import { OutgoingItem } from "./OutgoingItem.tsx";
import { Properties } from "./Properties.tsx";
import styles from "./TicketPage.module.css";
import { Timeline } from "./Timeline.tsx";
import { UndoBar } from "./UndoBar.tsx";
import { filesOf, HELD_MS, useHeld } from "./undo.ts";
import { useChange } from "./useChange.ts";
import { useOutgoing } from "./useOutbox.ts";
import { useTicket } from "./useTicket.ts";

/** A ticket: its conversation, where to answer, its properties and its customer. */
export default function TicketPage({ id, back }: { id: string; back: string }) {
  const { me } = useDesk();
  const { known, error, loadOlder, loadingOlder } = useTicket(id);
  const changes = useChange(id);
  const outgoing = useOutgoing(id);
  const agents = useAgents();
  const [details, setDetails] = useState(false);
  const [writing, setWriting] = useState<Visibility>("public");
  const held = useHeld(id);
  /** Back to where it was written, with its files. */
  const edit = useCallback(
    (
      visibility: Visibility,
      text: string,
      files: readonly NamedFile[],
      problems?: Readonly<Record<number, string>>,
    ) => {
      if (text !== "") prependToDraft(me.agent_id, id, visibility, text);
      putBackFiles(draftKey(me.agent_id, id, visibility), files, problems);
      setWriting(visibility);
    },
    [id, me.agent_id],
  );
  const onTakenBack = useCallback(
    (message: Message) => {
      // What a colleague wrote is the colleague's, and a template is no text to go on with.
      if (message.agent_id !== me.agent_id || message.channel_specific_data.template !== undefined) return;
      edit("public", message.content, filesOf(message));
    },
    [edit, me.agent_id],
  );
  useShortcuts({ escape: () => setDetails(false) });
  const title = known === undefined ? "Ticket" : customerName(known.ticket.customer);
  useEffect(() => {
    document.title = `${title} · Tributary`;
  }, [title]);

  if (known === undefined) {
    const problem = error === null ? null : asProblem(error);
    return problem === null || problem.passing ? (
      <TicketSkeleton />
    ) : (
      <Missing sentence={problem.message} back={back} />
    );
  }
  const { ticket, thread } = known;
  return (
    <div className={styles.page}>
      <div className={styles.conversation}>
        <header className={styles.head}>
          <Link href={back} className={styles.back} aria-label="Back to the list">
            <Icon name="back" />
          </Link>
          <Avatar name={title} />
          <div className={styles.titles}>
            <h1 className={styles.title}>{title}</h1>
            <p className={styles.subtitle}>
              <Icon
                name={ticket.source.channel === "email" ? "mail" : ticket.source.channel}
                label={CHANNEL_NAMES[ticket.source.channel]}
                size={14}
              />
              <span className={styles.reference}>{ticket.reference}</span>
              <span className={styles.subject} title={ticket.subject}>
                {ticket.subject}
              </span>
            </p>
          </div>
          <span className={styles.status}>
            <StatusMark status={ticket.status} />
          </span>
          <Button
            small
            className={styles.detailsButton}
            aria-expanded={details}
            onClick={() => setDetails(!details)}
          >
            Details
          </Button>
        </header>
        {changes.refused !== null && (
          <Conflict
            refused={changes.refused}
            ticket={ticket}
            agents={agents}
            onInsist={changes.insist}
            onDismiss={changes.dismiss}
          />
        )}
        <Timeline
          ticket={ticket}
          thread={thread}
          loadOlder={loadOlder}
          loadingOlder={loadingOlder}
          onTakenBack={onTakenBack}
        >
          {outgoing.messages.map((message) => (
            <OutgoingItem
              key={message.client_message_id}
              message={message}
              me={me}
              onEdit={() => {
                edit(message.visibility, message.content, message.attachments ?? [], message.refused_files);
                outgoing.discard(message.client_message_id);
              }}
              onDiscard={() => outgoing.discard(message.client_message_id)}
            />
          ))}
        </Timeline>
        <p className="visually-hidden" aria-live="polite">
          {held === null ? "" : `Sending in ${HELD_MS / 1_000} seconds. Press Ctrl+Z to undo.`}
        </p>
        {held !== null && (
          <UndoBar
            key={held.message.message_id}
            held={held}
            waits={thread.messages.some(
              ({ message_id, delivery, deleted_at }) =>
                message_id === held.message.message_id && delivery?.state === "queued" && deleted_at === null,
            )}
            onTakenBack={onTakenBack}
          />
        )}
        <Composer ticket={ticket} onSend={outgoing.send} chosen={writing} onChoose={setWriting} />
      </div>
      <div className={classes(styles.details, details && styles.open)}>
        <div className={styles.detailsHead}>
          <h2>Details</h2>
          <IconButton icon="close" label="Close the details" onClick={() => setDetails(false)} />
        </div>
        <Properties ticket={ticket} asked={changes.shown} onChange={changes.change} />
        <CustomerPanel ticket={ticket} />
      </div>
    </div>
  );
}

function Missing({ sentence, back }: { sentence: string; back: string }) {
  return (
    <div className={styles.missing}>
      <p role="alert">{sentence}</p>
      <Link href={back}>Back to the list</Link>
    </div>
  );
}

function TicketSkeleton() {
  return (
    <div className={styles.skeleton} aria-busy="true">
      <Skeleton width={30} />
      <Skeleton width={50} />
    </div>
  );
}
