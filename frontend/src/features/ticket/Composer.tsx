import { useId, useRef } from "react";
import { flushSync } from "react-dom";
import { useDesk } from "../../api/context.ts";
import { CHANNEL_NAMES, type Ticket, type Visibility } from "../../api/types.ts";
import { Button } from "../../ui/Button.tsx";
import { classes } from "../../ui/classes.ts";
import { Icon } from "../../ui/Icon.tsx";
import { useShortcuts } from "../../ui/shortcuts.ts";
import { customerName } from "../marks.tsx";
import styles from "./Composer.module.css";
import { useDraft } from "./drafts.ts";

/** Characters, as the API takes them. */
const MAX_CHARS = 10_000;
const NEARLY = 9_000;

interface Props {
  ticket: Ticket;
  onSend: (message: { content: string; visibility: Visibility }) => void;
  /** Whether a reply or a note is being written. */
  chosen: Visibility;
  onChoose: (visibility: Visibility) => void;
}

/** Where replies and notes are written. What is begun is kept per ticket. */
export function Composer({ ticket, onSend, chosen, onChoose }: Props) {
  const { me } = useDesk();
  const field = useRef<HTMLTextAreaElement>(null);
  const group = useId();
  const mayReply = ticket.actions.includes("reply");
  const mayNote = ticket.actions.includes("note");
  const visibility = chosen === "public" && !mayReply && mayNote ? "internal" : chosen;
  const [text, setText] = useDraft(me.agent_id, ticket.ticket_id, visibility);
  const name = customerName(ticket.customer);
  // Others may have written into the conversation: who gets the reply must be plain.
  const byMail = visibility === "public" && ticket.source.channel === "email";
  const closed = visibility === "public" ? closedBecause(ticket) : null;
  const content = text.trim();
  const length = [...text].length;
  const ready =
    content !== "" &&
    length <= MAX_CHARS &&
    closed === null &&
    (visibility === "public" ? mayReply : mayNote);

  const choose = (next: Visibility) => {
    // Drawn and focused before the next key, which would else be taken for a shortcut.
    flushSync(() => onChoose(next));
    field.current?.focus();
  };
  useShortcuts({ r: () => mayReply && choose("public"), n: () => mayNote && choose("internal") });
  const send = () => {
    if (!ready) return;
    onSend({ content, visibility });
    setText("");
    field.current?.focus();
  };

  if (!mayReply && !mayNote) {
    return (
      <p className={styles.none}>
        {ticket.merged_into === null
          ? "Nothing can be written here."
          : "This ticket was merged into another one."}
      </p>
    );
  }
  return (
    <form
      className={classes(styles.composer, visibility === "internal" && styles.internal)}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className={styles.bar}>
        <fieldset className={styles.modes}>
          <legend className="visually-hidden">What to write</legend>
          {(["public", "internal"] as const).map((mode) => (
            <label key={mode} className={classes(styles.mode, mode === visibility && styles.on)}>
              <input
                type="radio"
                name={group}
                className="visually-hidden"
                checked={mode === visibility}
                disabled={mode === "public" ? !mayReply : !mayNote}
                onChange={() => onChoose(mode)}
              />
              <Icon name={mode === "public" ? "reply" : "note"} size={14} />
              {mode === "public" ? "Reply" : "Internal note"}
            </label>
          ))}
        </fieldset>
        <span className={classes(styles.target, byMail && styles.address)}>
          {visibility === "internal"
            ? "seen by agents only"
            : byMail
              ? `to ${ticket.source.origin_platform_id}`
              : `to ${name} on ${CHANNEL_NAMES[ticket.source.channel]}`}
        </span>
      </div>
      {closed !== null && <p className={styles.closed}>{closed}</p>}
      <textarea
        ref={field}
        className={styles.field}
        aria-label={visibility === "public" ? `Reply to ${name}` : "Internal note"}
        placeholder={visibility === "public" ? "Write a reply…" : "Write a note for your colleagues…"}
        rows={3}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            send();
          }
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <div className={styles.foot}>
        <span className={classes(styles.hint, length > MAX_CHARS && styles.over)} role="status">
          {length > NEARLY
            ? `${length.toLocaleString("en")} of ${MAX_CHARS.toLocaleString("en")} characters`
            : ""}
        </span>
        <Button
          type="submit"
          look={visibility === "public" ? "primary" : "note"}
          disabled={!ready}
          title="Ctrl+Enter"
        >
          <Icon name={visibility === "public" ? "send" : "note"} />
          {visibility === "public" ? "Send reply" : "Add note"}
        </Button>
      </div>
    </form>
  );
}

/** Why the platform lets no reply through now, if it does not. */
function closedBecause(ticket: Ticket): string | null {
  const channel = CHANNEL_NAMES[ticket.source.channel];
  switch (ticket.reply_window.mode) {
    case "free":
    case "human_agent":
      return null;
    case "template":
      return `${channel} lets nobody reply now, because the customer has not written for a while. Wait until they write, or reach them another way.`;
    case "closed":
      return `${channel} lets nobody reply to this customer now. Reach them another way.`;
  }
}
