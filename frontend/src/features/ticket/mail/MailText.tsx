import { useId, useState } from "react";
import { Button } from "../../../ui/Button.tsx";
import { linked } from "../linked.tsx";
import { type Piece, piecesOf } from "./folds.ts";
import styles from "./Mail.module.css";

const NAMES = { quote: "quoted text", signature: "signature" } as const;

/** The text of a mail, with what it quotes and its signature folded. */
export function MailText({ content, folded }: { content: string; folded: unknown }) {
  const pieces = piecesOf(content, folded);
  const isAllFolded = pieces.every(({ kind }) => kind !== "text");
  return pieces.map((piece, index) => {
    const key = `${index} ${piece.kind}`;
    return piece.kind === "text" ? (
      <p key={key} dir="auto" className={styles.text}>
        {linked(piece.text)}
      </p>
    ) : (
      <Folded key={key} kind={piece.kind} text={piece.text} startsOpen={isAllFolded} />
    );
  });
}

function Folded({
  kind,
  text,
  startsOpen,
}: {
  kind: Exclude<Piece["kind"], "text">;
  text: string;
  startsOpen: boolean;
}) {
  const [open, setOpen] = useState(startsOpen);
  const id = useId();
  return (
    <div className={styles.fold}>
      <Button
        small
        look="quiet"
        className={styles.toggle}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {open ? "Hide" : "Show"} {NAMES[kind]}
      </Button>
      <div id={id} hidden={!open} dir="auto" className={styles.folded}>
        {linked(text)}
      </div>
    </div>
  );
}
