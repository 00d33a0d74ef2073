import type { Message } from "../../api/types.ts";
import { Icon, type IconName } from "../../ui/Icon.tsx";
import styles from "./KindMark.module.css";

/** Kinds that the content alone does not show. */
const KINDS: Partial<Record<Message["content_type"], readonly [IconName, string]>> = {
  sticker: ["picture", "Sticker"],
  location: ["pin", "Location"],
  contact: ["card", "Contact"],
  interactive: ["press", "Chosen from a list, button or form"],
  order: ["cart", "Order"],
  story: ["picture", "Story"],
  share: ["arrow_out", "Shared"],
  unsupported: ["undelivered", "Not shown here"],
};

/** What a message is, where it came from, and who holds the conversation, as far as its text does not tell. */
export function KindMark({ message }: { message: Message }) {
  if (message.deleted_at !== null) return null;
  const marks = marksOf(message);
  if (marks.length === 0) return null;
  return (
    <p className={styles.marks}>
      {marks.map(([icon, text]) => (
        <span key={text} className={styles.mark}>
          <Icon name={icon} size={14} />
          {text}
        </span>
      ))}
    </p>
  );
}

export function marksOf(message: Message): (readonly [IconName, string])[] {
  const data = message.channel_specific_data;
  const marks: (readonly [IconName, string])[] = [];
  const kind = KINDS[message.content_type];
  // "Shared a link" need not be marked "Shared".
  if (kind !== undefined && !message.content.startsWith(kind[1])) marks.push(kind);
  // That a mail answers one is what its thread shows.
  if (message.reply_to !== null && message.content_type !== "email")
    marks.push(["reply", "Answers an earlier message"]);
  if (data.forwarded === true) marks.push(["arrow_out", "Forwarded"]);
  const ad = adOf(data.referral);
  if (ad !== null) marks.push(["alert", ad]);
  if (data.standby === true) marks.push(["people", "Another app holds this conversation"]);
  return marks;
}

/** The ad or link by which the customer came. */
function adOf(referral: unknown): string | null {
  if (typeof referral !== "object" || referral === null) return null;
  const told = referral as Record<string, unknown>;
  const name = [told.ad_title, told.headline, told.ad_id, told.ref].find((text) => typeof text === "string");
  return name === undefined ? "Came from an ad or a link" : `Came from an ad or a link: ${name}`;
}
