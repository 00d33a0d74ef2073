import { useState } from "react";
import type { Message } from "../../../api/types.ts";
import { Button } from "../../../ui/Button.tsx";
import styles from "./Mail.module.css";
import { FetchedMailFrame, MailFrame } from "./MailFrame.tsx";
import { checkLines, MailMarks } from "./MailMarks.tsx";
import { MailText } from "./MailText.tsx";
import { mailboxesOf, mailboxOf, written } from "./mail.ts";

interface Props {
  message: Message;
  ticketId: string;
  /** What the ticket's customer is called. */
  customer: string;
  /** What the sender is called. */
  sender: string;
}

/** What a mail says: its text, or its formatted form when asked for or when it is all there is. */
export default function Mail({ message, ticketId, customer, sender }: Props) {
  const { content, html, position, attachments, channel_specific_data: data } = message;
  const isKept = typeof data.html_bytes === "number";
  const hasHtml = html !== null || isKept;
  const [formatted, setFormatted] = useState(hasHtml && content.trim() === "");
  const files = attachments.map(({ url }) => url).filter((url) => url !== null);
  const label = `Mail of ${sender}, formatted`;
  return (
    <>
      <MailMarks message={message} customer={customer} />
      {!formatted ? (
        <MailText content={content} folded={data.folded} />
      ) : html !== null ? (
        <MailFrame html={html} files={files} label={label} />
      ) : (
        <FetchedMailFrame ticketId={ticketId} position={position} files={files} label={label} />
      )}
      <div className={styles.tools}>
        {hasHtml && (
          <Button small look="quiet" className={styles.toggle} onClick={() => setFormatted(!formatted)}>
            {formatted ? "Show as text" : "Show formatted"}
          </Button>
        )}
        <Envelope message={message} />
      </div>
    </>
  );
}

/** From whom to whom, for who wants to know. */
function Envelope({ message }: { message: Message }) {
  const { from, to, cc, subject } = message.channel_specific_data;
  const sender = mailboxOf(from);
  const people = (value: unknown) => mailboxesOf(value).map(written).join(", ");
  const rows = [
    ["From", sender === null ? "" : written(sender)],
    ["To", people(to)],
    ["Copy to", people(cc)],
    ["Subject", typeof subject === "string" ? subject : ""],
    ["Checks", checkLines(message).join(", ")],
  ].filter(([, value]) => value !== "");
  if (rows.length === 0) return null;
  return (
    <details className={styles.envelope}>
      <summary>Mail details</summary>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
