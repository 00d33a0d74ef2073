import { useState } from "react";
import { IconButton } from "../../src/ui/Button.tsx";
import { type Channel, type Customer, KINDS, type Kind } from "./api.ts";
import styles from "./Phone.module.css";
import type { Act } from "./useSandbox.ts";

const NEEDS_TEXT: readonly Kind[] = ["text", "edit", "html"];
/** Mails that begin a conversation and therefore have a subject of their own. */
const NEW_MAILS: readonly Kind[] = ["text", "html", "image", "file", "parsed"];

/** Where the customer writes: what it is, its words, and for mail what it is about and how it is formatted. */
export function Composer({ customer, channel, act }: { customer: Customer; channel: Channel; act: Act }) {
  const [text, setText] = useState("");
  const [subject, setSubject] = useState("");
  const [html, setHtml] = useState("");
  const [kind, setKind] = useState<Kind>("text");
  const hasSubject = channel.channel === "email" && NEW_MAILS.includes(kind);
  const needsText = NEEDS_TEXT.includes(kind);
  const isEmpty = needsText && text.trim() === "" && (kind !== "html" || html.trim() === "");
  const send = () => {
    if (isEmpty) return;
    const written = text;
    const body = {
      kind,
      text,
      ...(hasSubject && subject.trim() !== "" ? { subject } : {}),
      ...(kind === "html" && html.trim() !== "" ? { html } : {}),
    };
    setText("");
    setSubject("");
    setHtml("");
    setKind("text");
    act.mutate(
      { method: "POST", path: `/customers/${customer.id}/messages`, body },
      { onError: () => setText((now) => (now === "" ? written : now)) },
    );
  };
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {channel.kinds.length > 1 && (
        <select
          className={styles.kinds}
          aria-label="What to send"
          value={kind}
          onChange={(event) => setKind(event.target.value as Kind)}
        >
          {channel.kinds.map((one) => (
            <option key={one} value={one}>
              {channel.channel === "email" && one === "text" ? "New mail" : KINDS[one]}
            </option>
          ))}
        </select>
      )}
      {hasSubject && (
        <input
          className={styles.line}
          aria-label="Subject"
          placeholder="Subject, else the first words"
          maxLength={255}
          value={subject}
          onChange={(event) => setSubject(event.target.value)}
        />
      )}
      {kind === "html" && (
        <textarea
          className={styles.line}
          aria-label="HTML"
          placeholder="HTML, else made of the words"
          rows={2}
          value={html}
          onChange={(event) => setHtml(event.target.value)}
        />
      )}
      <textarea
        className={styles.field}
        aria-label={`Write as ${customer.name}`}
        placeholder={needsText ? `Write as ${customer.name}…` : "Words for it, if any"}
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            send();
          }
        }}
      />
      <IconButton type="submit" look="primary" icon="send" label="Send" disabled={isEmpty} />
    </form>
  );
}
