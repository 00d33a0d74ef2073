import type { Message } from "../../api/types.ts";
import { Icon } from "../../ui/Icon.tsx";
import styles from "./Attachments.module.css";

const KB = 1024;
const MB = KB * KB;

/** The files of a message; they open elsewhere. */
export function Attachments({
  attachments,
  wholeText,
}: {
  attachments: Message["attachments"];
  wholeText: boolean;
}) {
  if (attachments.length === 0) return null;
  return (
    <ul className={styles.files}>
      {attachments.map((file) => {
        const name =
          wholeText && file.mime_type?.startsWith("text/plain")
            ? "The whole message"
            : (file.name ?? file.type);
        return (
          <li key={file.attachment_id} className={styles.file}>
            <Icon name="archive" />
            {file.state === "stored" && file.url !== null ? (
              <a href={file.url} target="_blank" rel="noopener noreferrer">
                {name}
              </a>
            ) : (
              <span>
                {name}: {file.state === "pending" ? "being fetched" : "not available"}
              </span>
            )}
            {file.size_bytes !== null && <span className={styles.size}>{size(file.size_bytes)}</span>}
          </li>
        );
      })}
    </ul>
  );
}

function size(bytes: number): string {
  if (bytes < KB) return `${bytes} B`;
  return bytes < MB ? `${Math.round(bytes / KB)} kB` : `${(bytes / MB).toFixed(1)} MB`;
}
