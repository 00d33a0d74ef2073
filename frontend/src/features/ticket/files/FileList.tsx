import { Button, IconButton } from "../../../ui/Button.tsx";
import { classes } from "../../../ui/classes.ts";
import { Icon } from "../../../ui/Icon.tsx";
import { fileSize } from "../fileSize.ts";
import styles from "./FileList.module.css";
import { type PendingFile, removeFile, retryFile } from "./pending.ts";

const PERCENT = 100;

/** The files beside what is being written: how far each is, and what can be done with it. */
export default function FileList({ draft, files }: { draft: string; files: readonly PendingFile[] }) {
  return (
    <ul className={styles.files} aria-label="Files to send">
      {files.map((file) => (
        <li key={file.key} className={classes(styles.file, file.problem !== null && styles.failed)}>
          <Icon name="archive" size={14} />
          <span className={styles.name} title={file.name}>
            {file.name}
          </span>
          {file.size !== null && <span className={styles.size}>{fileSize(file.size)}</span>}
          {(file.state === "waiting" || file.state === "sending") && (
            <progress
              className={styles.progress}
              aria-label={`Upload of ${file.name}`}
              max={PERCENT}
              value={Math.round(file.part * PERCENT)}
            />
          )}
          {file.again && (
            <Button small onClick={() => retryFile(draft, file.key)} aria-label={`Try ${file.name} again`}>
              Try again
            </Button>
          )}
          <IconButton
            small
            icon="close"
            label={file.state === "sending" ? `Cancel ${file.name}` : `Remove ${file.name}`}
            onClick={() => removeFile(draft, file.key)}
          />
          {file.problem !== null && (
            <span role="alert" className={styles.problem}>
              {file.problem}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
