import type { Message } from "../../api/types.ts";
import { Icon, type IconName } from "../../ui/Icon.tsx";
import styles from "./Attachments.module.css";
import { fileSize } from "./fileSize.ts";
import { steadyUrl } from "./steadyUrl.ts";

type File = Message["attachments"][number];

const ICONS: Readonly<Record<string, IconName>> = { image: "picture" };
const KINDS: Readonly<Record<string, string>> = {
  image: "Picture",
  audio: "Voice message",
  video: "Video",
  file: "File",
};

/** The files of a message: pictures, sound and clips at once, all others to be opened elsewhere. */
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
        const whole = wholeText && file.mime_type?.startsWith("text/plain");
        const name = whole ? "The whole message" : (file.name ?? KINDS[file.type] ?? file.type);
        return (
          <li key={file.attachment_id} className={styles.file}>
            {file.state === "stored" && file.url !== null ? (
              <Stored file={file} name={name} url={steadyUrl(file.attachment_id, file.url)} />
            ) : (
              <Missing file={file} name={KINDS[file.type] ?? name} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** What is known of a file decides how it is shown; the desk has looked at its bytes. */
function Stored({ file, name, url }: { file: File; name: string; url: string }) {
  const kind = file.mime_type?.split("/")[0];
  if (kind === "image") {
    return (
      <a href={url} target="_blank" rel="noopener noreferrer" className={styles.picture}>
        <img src={url} alt={`${name}, open it`} loading="lazy" decoding="async" />
      </a>
    );
  }
  if (kind === "audio") {
    // biome-ignore lint/a11y/useMediaCaption: what customers record has no captions.
    return <audio controls preload="none" src={url} aria-label={name} className={styles.audio} />;
  }
  if (kind === "video") {
    // biome-ignore lint/a11y/useMediaCaption: what customers record has no captions.
    return <video controls preload="metadata" src={url} aria-label={name} className={styles.video} />;
  }
  return (
    <>
      <Icon name="archive" />
      <a href={url} target="_blank" rel="noopener noreferrer">
        {name}
      </a>
      {file.size_bytes !== null && <span className={styles.size}>{fileSize(file.size_bytes)}</span>}
    </>
  );
}

function Missing({ file, name }: { file: File; name: string }) {
  return (
    <>
      <Icon name={ICONS[file.type] ?? "archive"} />
      <span className={styles.missing}>
        {name}: {file.state === "pending" ? "being fetched" : "no longer available"}
      </span>
    </>
  );
}
