import { useEffect, useRef, useState } from "react";
import type { ChosenTemplate, Template } from "../../../api/types.ts";
import { Button } from "../../../ui/Button.tsx";
import { Input } from "../../../ui/Field.tsx";
import { Icon } from "../../../ui/Icon.tsx";
import { filled, pieces } from "./fill.ts";
import styles from "./TemplatePicker.module.css";

/** A chosen template: its parameters, and what the customer will read. */
export function Filling({
  template,
  onSend,
  onBack,
}: {
  template: Template;
  onSend: (template: ChosenTemplate, text: string) => void;
  onBack: () => void;
}) {
  const [parameters, setParameters] = useState<readonly string[]>(() =>
    Array.from({ length: template.parameters }, () => ""),
  );
  const form = useRef<HTMLElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("input, [data-send]")?.focus();
  }, []);
  const ready = parameters.every((parameter) => parameter.trim() !== "");
  const send = () => {
    if (!ready) return;
    const trimmed = parameters.map((parameter) => parameter.trim());
    const { name, language, body } = template;
    onSend({ name, language, parameters: trimmed }, filled(body, trimmed));
  };
  return (
    <section
      ref={form}
      className={styles.picker}
      aria-label={`Template ${template.name}`}
      onKeyDown={(event) => {
        if (event.key === "Escape") onBack();
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          send();
        }
      }}
    >
      <div className={styles.parameters}>
        {parameters.map((parameter, index) => (
          <Input
            // biome-ignore lint/suspicious/noArrayIndexKey: a parameter is its place.
            key={index}
            label={`Parameter ${index + 1}`}
            placeholder={template.examples[index] ?? ""}
            value={parameter}
            onChange={(event) => setParameters(parameters.with(index, event.target.value))}
            onKeyDown={(event) => {
              // The form around would send a text.
              if (event.key === "Enter") event.preventDefault();
            }}
          />
        ))}
      </div>
      <figure className={styles.preview} aria-label="What the customer will read">
        <p className={styles.text}>
          {pieces(template.body).map((piece, index) =>
            typeof piece === "string" ? (
              piece
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: the text of a template does not change.
              <mark key={index} className={styles.filled}>
                {parameters[piece - 1]?.trim() || `{{${piece}}}`}
              </mark>
            ),
          )}
        </p>
        {template.footer !== null && <p className={styles.footer}>{template.footer}</p>}
      </figure>
      <div className={styles.foot}>
        <Button small look="quiet" onClick={onBack}>
          Another template
        </Button>
        <Button look="primary" disabled={!ready} onClick={send} data-send title="Ctrl+Enter">
          <Icon name="send" />
          Send template
        </Button>
      </div>
    </section>
  );
}
