import { useEffect, useRef, useState } from "react";
import type { Message } from "../../api/types.ts";
import { Button } from "../../ui/Button.tsx";
import { useShortcuts } from "../../ui/shortcuts.ts";
import styles from "./UndoBar.module.css";
import { forgetHeld, type Held } from "./undo.ts";
import { useDecide } from "./useDecide.ts";

const SECOND_MS = 1_000;

interface Props {
  held: Held;
  /** Whether it still waits, as far as is known. */
  waits: boolean;
  onTakenBack: (message: Message) => void;
}

/** The moment in which a mail can still be taken back. */
export function UndoBar({ held, waits, onTakenBack }: Props) {
  const { decide, busy, refused } = useDecide(held.ticket_id, held.message.message_id);
  const [left, setLeft] = useState(secondsLeft(held));
  const over = (left === 0 || !waits) && !busy;
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsLeft(held)), SECOND_MS / 4);
    return () => clearInterval(timer);
  }, [held]);
  useEffect(() => {
    if (over && refused === null) forgetHeld();
  }, [over, refused]);
  const undo = async () => {
    const decided = await decide("discard");
    if (decided === "refused") return;
    if (decided === "done") onTakenBack(held.message);
    forgetHeld();
  };
  useShortcuts({ z: () => void undo() });
  const latest = useRef(undo);
  useEffect(() => {
    latest.current = undo;
  });
  useEffect(() => {
    // The focus is still where the mail was written, which is empty now and has nothing of its own to undo.
    const onKey = (event: KeyboardEvent) => {
      const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
      if (!isUndo || !(event.target instanceof HTMLTextAreaElement) || event.target.value !== "") return;
      event.preventDefault();
      void latest.current();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <div className={styles.bar}>
      {refused === null ? (
        <>
          <p>{`Sending in ${left} s.`}</p>
          <Button
            small
            disabled={busy}
            onClick={() => void undo()}
            aria-keyshortcuts="Z Control+Z"
            title="Ctrl+Z"
          >
            Undo
          </Button>
        </>
      ) : (
        <>
          <p role="alert">{refused}</p>
          <Button small look="quiet" onClick={forgetHeld}>
            Dismiss
          </Button>
        </>
      )}
    </div>
  );
}

function secondsLeft({ until }: Held): number {
  return Math.max(0, Math.ceil((until - Date.now()) / SECOND_MS));
}
