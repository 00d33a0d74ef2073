import { useRef } from "react";
import type { Message } from "../../api/types.ts";
import { Button } from "../../ui/Button.tsx";
import { classes } from "../../ui/classes.ts";
import { type Decision, decisionsOn, deliveryReason } from "./delivery.ts";
import styles from "./MessageItem.module.css";
import { useDecide } from "./useDecide.ts";

interface Props {
  message: Message;
  ticketId: string;
  /** Called once a message that waited was taken back, all of it. */
  onTakenBack: ((message: Message) => void) | undefined;
}

/** Why a message has not arrived, and what can be decided about it. */
export function DeliveryFoot({ message, ticketId, onTakenBack }: Props) {
  const { decide, busy, refused } = useDecide(ticketId, message.message_id);
  const place = useRef<HTMLDivElement>(null);
  const reason = deliveryReason(message);
  const offered = decisionsOn(message);
  const waits = message.delivery?.state === "queued";

  const take = async (decision: Decision) => {
    const article = place.current?.closest("article");
    const decided = await decide(decision);
    if (decided === "refused") return;
    // The button is gone with what it was for: the keyboard stays at the message.
    article?.focus();
    // What the customer may have already is not written anew.
    if (decision === "discard" && waits && decided === "done") onTakenBack?.(message);
  };

  return (
    <div ref={place}>
      {reason !== null && (
        <p className={classes(styles.reason, message.delivery?.state === "failed" && styles.failed)}>
          {reason}
        </p>
      )}
      {offered.length > 0 && (
        <div className={styles.actions}>
          {offered.map(([decision, words]) => (
            <Button
              key={decision}
              small
              look={decision === "discard" ? "quiet" : "plain"}
              disabled={busy}
              onClick={() => void take(decision)}
            >
              {words}
            </Button>
          ))}
        </div>
      )}
      {refused !== null && (
        <p role="alert" className={classes(styles.reason, styles.failed)}>
          {refused}
        </p>
      )}
    </div>
  );
}
