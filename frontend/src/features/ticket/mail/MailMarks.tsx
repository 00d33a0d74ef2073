import type { Message } from "../../../api/types.ts";
import { classes } from "../../../ui/classes.ts";
import { Icon, type IconName } from "../../../ui/Icon.tsx";
import styles from "./Mail.module.css";

interface Mark {
  readonly icon: IconName;
  readonly text: string;
  readonly why: string;
  readonly isWarning: boolean;
}

const AUTOMATIC: Readonly<Record<string, string>> = {
  precedence: "It was sent to many people at once.",
  list: "It came through a mailing list.",
  "no-return-path": "It has no sender to answer to.",
  robot: "Nobody reads the mailbox it came from.",
  report: "A mail server reports on a mail.",
  loop: "It is a mail of this desk that came back.",
};
const BY_A_MACHINE = "A machine sent it, such as a notice of absence.";

/** What a reader has to know about a mail before believing or answering it. */
export function MailMarks({ message, customer }: { message: Message; customer: string }) {
  const marks = marksOf(message, customer);
  if (marks.length === 0) return null;
  return (
    <ul className={styles.marks}>
      {marks.map(({ icon, text, why, isWarning }) => (
        <li key={text} title={why} className={classes(styles.mark, isWarning && styles.warning)}>
          <Icon name={icon} size={14} />
          {text}
          <span className="visually-hidden">. {why}</span>
        </li>
      ))}
    </ul>
  );
}

function marksOf(message: Message, customer: string): readonly Mark[] {
  const { participant, authenticated, automatic, cut } = message.channel_specific_data;
  const marks: Mark[] = [];
  if (participant === true) {
    marks.push({
      icon: "people",
      text: "Not part of this ticket until now",
      why: `This address had no part in the conversation. Your reply goes to ${customer}, not there.`,
      isWarning: true,
    });
  }
  if (authenticated === false) {
    marks.push({
      icon: "alert",
      text: "Sender not confirmed",
      why: `The mail servers could not confirm that it comes from the address it names${checksOf(message)}. Be careful with what it asks for.`,
      isWarning: true,
    });
  }
  if (typeof automatic === "string") {
    marks.push({
      icon: "system",
      text: "Automatic mail",
      why: `${AUTOMATIC[automatic] ?? BY_A_MACHINE} No automatic answer goes to it.`,
      isWarning: false,
    });
  }
  if (cut === true) {
    marks.push({
      icon: "archive",
      text: "Not all of it is shown",
      why: "The mail has more in it than is shown here. The whole of it is in the file original.eml.",
      isWarning: false,
    });
  }
  return marks;
}

/** What the mail servers found, in brackets. */
function checksOf(message: Message): string {
  const checks = checkLines(message);
  return checks.length === 0 ? "" : ` (${checks.join(", ")})`;
}

/** What each check of a sender came to. */
export function checkLines({ channel_specific_data: { spf, dkim } }: Message): readonly string[] {
  const lines = typeof spf === "string" ? [`SPF: ${spf}`] : [];
  for (const [domain, result] of Object.entries(typeof dkim === "object" ? (dkim ?? {}) : {})) {
    lines.push(`DKIM of ${domain}: ${String(result)}`);
  }
  return lines;
}
