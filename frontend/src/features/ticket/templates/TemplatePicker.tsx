import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useDesk } from "../../../api/context.ts";
import { asProblem } from "../../../api/problem.ts";
import type { ChosenTemplate, Template } from "../../../api/types.ts";
import { Button } from "../../../ui/Button.tsx";
import { Input } from "../../../ui/Field.tsx";
import { Filling } from "./Filling.tsx";
import styles from "./TemplatePicker.module.css";

const FIVE_MINUTES_MS = 300_000;

interface Props {
  ticketId: string;
  /** `text` is what the customer will read. */
  onSend: (template: ChosenTemplate, text: string) => void;
  /** Back to a text of one's own; none where the platform takes no other. */
  onClose: (() => void) | null;
}

/** The templates the platform has approved: look for one, fill it in, see it, send it. */
export default function TemplatePicker({ ticketId, onSend, onClose }: Props) {
  const { api } = useDesk();
  const [wanted, setWanted] = useState("");
  const [chosen, setChosen] = useState<Template | null>(null);
  const search = useRef<HTMLDivElement>(null);
  // Where it stands instead of the text it must not take the focus from the list of tickets.
  const [asked, setAsked] = useState(onClose !== null);
  const templates = useQuery({
    queryKey: ["templates", ticketId],
    queryFn: async ({ signal }) =>
      (await api.GET("/api/tickets/{id}/templates", { params: { path: { id: ticketId } }, signal })).data
        ?.templates ?? [],
    staleTime: FIVE_MINUTES_MS,
    refetchInterval: false,
    refetchOnWindowFocus: false,
  });
  const listed = chosen === null;
  const ready = templates.data !== undefined;
  useEffect(() => {
    if (listed && ready && asked) search.current?.querySelector("input")?.focus();
  }, [listed, ready, asked]);

  const choose = (template: Template) => {
    setAsked(true);
    setChosen(template);
  };

  if (chosen !== null) {
    return <Filling template={chosen} onSend={onSend} onBack={() => setChosen(null)} />;
  }
  const close = onClose !== null && (
    <Button small look="quiet" onClick={onClose}>
      Write text instead
    </Button>
  );
  if (templates.isError) {
    return (
      <div className={styles.picker}>
        <p role="alert">{asProblem(templates.error).message}</p>
        <div className={styles.foot}>
          {close}
          <Button small onClick={() => void templates.refetch()}>
            Try again
          </Button>
        </div>
      </div>
    );
  }
  if (templates.data === undefined) {
    return (
      <p className={styles.picker} role="status">
        Looking up the templates…
      </p>
    );
  }
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = templates.data.filter(({ name, body, language }) => {
    const text = `${name} ${body} ${language}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <section
      className={styles.picker}
      aria-label="Templates"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose?.();
      }}
    >
      <div ref={search}>
        <Input
          label="Search the templates"
          type="search"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            const first = found[0];
            if (first !== undefined) choose(first);
          }}
        />
      </div>
      <p role="status" className={found.length > 0 ? "visually-hidden" : undefined}>
        {templates.data.length === 0
          ? "This account has no approved templates. They are written and approved in WhatsApp Manager, and show here within an hour."
          : found.length === 0
            ? "No template matches."
            : `${found.length} found`}
      </p>
      <ul className={styles.list} aria-label="Templates found">
        {found.map((template) => (
          <li key={`${template.name} ${template.language}`}>
            <button type="button" className={styles.template} onClick={() => choose(template)}>
              <span className={styles.name}>{template.name}</span>{" "}
              <span className={styles.kind}>
                {template.language}, {template.category.toLowerCase()}
              </span>{" "}
              <span className={styles.body}>{template.body}</span>
            </button>
          </li>
        ))}
      </ul>
      <div className={styles.foot}>{close}</div>
    </section>
  );
}
