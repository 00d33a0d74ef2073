import { lazy, Suspense, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useDesk } from "../../api/context.ts";
import { CHANNEL_NAMES, type Ticket, type Visibility } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/Button.tsx";
import { classes } from "../../ui/classes.ts";
import { Icon } from "../../ui/Icon.tsx";
import { useShortcuts } from "../../ui/shortcuts.ts";
import { customerName } from "../marks.tsx";
import styles from "./Composer.module.css";
import { draftKey, useDraft } from "./drafts.ts";
import { addFiles, MAX_FILES, takeFiles, usePendingFiles } from "./files/pending.ts";
import { useDrop } from "./files/useDrop.ts";
import type { Outgoing } from "./outbox.ts";
import { ReplyWindow } from "./ReplyWindow.tsx";
import { useTyping } from "./useTyping.ts";

const FileList = lazy(() => import("./files/FileList.tsx"));
const TemplatePicker = lazy(() => import("./templates/TemplatePicker.tsx"));

/** Characters, as the API takes them. */
const MAX_CHARS = 10_000;
const NEARLY = 9_000;

interface Props {
  ticket: Ticket;
  onSend: (message: Pick<Outgoing, "content" | "visibility" | "attachments" | "template">) => void;
  /** Whether a reply or a note is being written. */
  chosen: Visibility;
  onChoose: (visibility: Visibility) => void;
}

/** Where replies and notes are written, files put beside them and templates chosen. What is begun is kept per ticket. */
export function Composer({ ticket, onSend, chosen, onChoose }: Props) {
  const { api, me } = useDesk();
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const group = useId();
  const { mode } = ticket.reply_window;
  const mayReply = ticket.actions.includes("reply");
  const mayNote = ticket.actions.includes("note");
  const canReply = mayReply && !(mode === "closed" && mayNote);
  const visibility = chosen === "public" && !canReply && mayNote ? "internal" : chosen;
  const draft = draftKey(me.agent_id, ticket.ticket_id, visibility);
  const [text, setText] = useDraft(me.agent_id, ticket.ticket_id, visibility);
  const files = usePendingFiles(draft);
  const [leftOut, setLeftOut] = useState(0);
  const [wantsTemplate, setWantsTemplate] = useState(false);
  const typing = useTyping(ticket);
  const name = customerName(ticket.customer);
  const isReply = visibility === "public";
  // Others may have written into the conversation: who gets the reply must be plain.
  const byMail = isReply && ticket.source.channel === "email";
  const hasTemplates = isReply && ticket.source.channel === "whatsapp" && mode !== "closed";
  const templates = isReply && mayReply && (mode === "template" || (hasTemplates && wantsTemplate));
  const content = text.trim();
  const length = [...text].length;
  const onTheWay = files.filter((file) => file.state === "waiting" || file.state === "sending").length;
  const ready =
    (content !== "" || files.length > 0) &&
    files.every((file) => file.state === "there") &&
    length <= MAX_CHARS &&
    (isReply ? mayReply && (mode === "free" || mode === "human_agent") : mayNote);

  const focus = () =>
    (field.current ?? form.current?.querySelector<HTMLElement>("input:not([type=radio], [hidden])"))?.focus();
  const choose = (next: Visibility) => {
    // Drawn and focused before the next key, which would else be taken for a shortcut.
    flushSync(() => onChoose(next));
    focus();
  };
  const showTemplates = (show: boolean) => {
    flushSync(() => setWantsTemplate(show));
    if (!show) focus();
  };
  useShortcuts({
    r: () => canReply && choose("public"),
    n: () => mayNote && choose("internal"),
    a: () => !templates && picker.current?.click(),
    t: () => hasTemplates && mode !== "template" && showTemplates(true),
  });
  const add = (chosenFiles: readonly File[]) => {
    if (chosenFiles.length > 0) setLeftOut(addFiles(draft, api, ticket.ticket_id, chosenFiles));
  };
  const dropping = useDrop((dropped) => !templates && add(dropped)) && !templates;
  const send = () => {
    if (!ready) return;
    typing.stop();
    onSend({ content, visibility, attachments: takeFiles(draft) });
    setText("");
    setLeftOut(0);
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
      ref={form}
      className={classes(styles.composer, !isReply && styles.internal, dropping && styles.drop)}
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
                disabled={mode === "public" ? !canReply : !mayNote}
                onChange={() => onChoose(mode)}
              />
              <Icon name={mode === "public" ? "reply" : "note"} size={14} />
              {mode === "public" ? "Reply" : "Internal note"}
            </label>
          ))}
        </fieldset>
        <span className={classes(styles.target, byMail && styles.address)}>
          {!isReply
            ? "seen by agents only"
            : byMail
              ? `to ${ticket.source.origin_platform_id}`
              : `to ${name} on ${CHANNEL_NAMES[ticket.source.channel]}`}
        </span>
      </div>
      {((isReply && mayReply) || mode === "closed") && <ReplyWindow ticket={ticket} />}
      {templates ? (
        <Suspense>
          <TemplatePicker
            ticketId={ticket.ticket_id}
            onSend={(template, content) => {
              onSend({ content, visibility: "public", template });
              showTemplates(false);
            }}
            onClose={mode === "template" ? null : () => showTemplates(false)}
          />
        </Suspense>
      ) : (
        <>
          <textarea
            ref={field}
            className={styles.field}
            aria-label={isReply ? `Reply to ${name}` : "Internal note"}
            placeholder={isReply ? "Write a reply…" : "Write a note for your colleagues…"}
            rows={3}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              if (isReply && mayReply && event.target.value.trim() !== "") typing.type();
            }}
            onPaste={(event) => {
              // A spreadsheet's cells come as text and as a picture of it: the text is meant.
              if (event.clipboardData.files.length === 0 || event.clipboardData.types.includes("text/plain"))
                return;
              event.preventDefault();
              add([...event.clipboardData.files]);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
                event.preventDefault();
                send();
              }
              if (event.key === "Escape") event.currentTarget.blur();
            }}
          />
          {files.length > 0 && (
            <Suspense>
              <FileList draft={draft} files={files} />
            </Suspense>
          )}
          <div className={styles.foot}>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              aria-label="Files"
              onChange={(event) => {
                add([...(event.target.files ?? [])]);
                event.target.value = "";
              }}
            />
            <IconButton
              icon="attach"
              label="Attach files"
              onClick={() => picker.current?.click()}
              disabled={files.length >= MAX_FILES}
            />
            {hasTemplates && (
              <Button small look="quiet" onClick={() => showTemplates(true)}>
                Templates
              </Button>
            )}
            <span className={classes(styles.hint, length > MAX_CHARS && styles.over)} role="status">
              {length > NEARLY
                ? `${length.toLocaleString("en")} of ${MAX_CHARS.toLocaleString("en")} characters`
                : leftOut > 0
                  ? `A message holds ${MAX_FILES} files at most: ${leftOut} left out`
                  : onTheWay > 0
                    ? `Uploading ${onTheWay === 1 ? "a file" : `${onTheWay} files`}`
                    : ""}
            </span>
            <Button type="submit" look={isReply ? "primary" : "note"} disabled={!ready} title="Ctrl+Enter">
              <Icon name={isReply ? "send" : "note"} />
              {isReply ? "Send reply" : "Add note"}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}
