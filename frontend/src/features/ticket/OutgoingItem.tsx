import { useReachable } from "../../api/reachable.ts";
import type { Agent } from "../../api/types.ts";
import { Avatar } from "../../ui/Avatar.tsx";
import { Button } from "../../ui/Button.tsx";
import { classes } from "../../ui/classes.ts";
import { Icon } from "../../ui/Icon.tsx";
import { Clock } from "../../ui/Time.tsx";
import styles from "./MessageItem.module.css";
import type { Outgoing } from "./outbox.ts";

interface Props {
  message: Outgoing;
  me: Agent;
  onEdit: () => void;
  onDiscard: () => void;
}

/** What was sent and the desk has not confirmed: shown as that, never as done. */
export function OutgoingItem({ message, me, onEdit, onDiscard }: Props) {
  const reachable = useReachable();
  const internal = message.visibility === "internal";
  const name = me.name ?? me.email ?? "You";
  return (
    <article
      aria-label={`${internal ? "Internal note" : "Reply"} not confirmed yet`}
      data-client-message-id={message.client_message_id}
      data-visibility={message.visibility}
      data-delivery={message.refused === null ? "unconfirmed" : "refused"}
      className={classes(styles.item, styles.agent, internal && styles.internal)}
    >
      <div className={styles.side}>
        <Avatar name={name} />
      </div>
      <div className={styles.bubble}>
        {message.content !== "" && <p className={styles.content}>{message.content}</p>}
        {message.attachments !== undefined && message.attachments.length > 0 && (
          <ul className={styles.files} aria-label="Files">
            {message.attachments.map(({ attachment_id, name }, index) => {
              const problem = message.refused_files?.[index];
              return (
                <li key={attachment_id}>
                  <Icon name="archive" size={14} /> {name}
                  {problem !== undefined && <span className={styles.danger}>: {problem}</span>}
                </li>
              );
            })}
          </ul>
        )}
        <footer className={styles.foot}>
          <Clock at={message.created_at} />
          {message.refused === null ? (
            <span className={styles.delivery} role="status">
              <Icon name="clock" size={14} />
              {reachable ? "Handing over to the desk" : "Kept here until the desk can be reached"}
            </span>
          ) : (
            <span className={classes(styles.delivery, styles.danger)}>
              <Icon name="undelivered" size={14} />
              Not accepted
            </span>
          )}
        </footer>
        {message.refused !== null && (
          <>
            <p role="alert" className={classes(styles.reason, styles.failed)}>
              {message.refused}
            </p>
            <div className={styles.actions}>
              {message.template == null && (
                <Button small onClick={onEdit}>
                  Edit and send again
                </Button>
              )}
              <Button small look="quiet" onClick={onDiscard}>
                Discard
              </Button>
            </div>
          </>
        )}
      </div>
    </article>
  );
}
