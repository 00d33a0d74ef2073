import { useState } from "react";
import { IconButton } from "../../ui/Button.tsx";
import styles from "./Tags.module.css";

const MAX_TAGS = 20;
const MAX_CHARS = 50;

/** The tags of a ticket, to be added and taken off. */
export function Tags({
  tags,
  disabled,
  onChange,
}: {
  tags: readonly string[];
  disabled: boolean;
  onChange: (tags: string[]) => void;
}) {
  const [text, setText] = useState("");
  const add = () => {
    const tag = text.trim();
    setText("");
    if (tag !== "" && !tags.includes(tag)) onChange([...tags, tag]);
  };
  return (
    <fieldset className={styles.group}>
      <legend className={styles.label}>Tags</legend>
      <div className={styles.tags}>
        {tags.map((tag) => (
          <span key={tag} className={styles.tag}>
            {tag}
            {!disabled && (
              <IconButton
                small
                icon="close"
                label={`Remove tag ${tag}`}
                onClick={() => onChange(tags.filter((other) => other !== tag))}
              />
            )}
          </span>
        ))}
        {!disabled && tags.length < MAX_TAGS && (
          <input
            className={styles.input}
            aria-label="Add a tag"
            placeholder="Add a tag"
            maxLength={MAX_CHARS}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key === "Enter" || event.key === ",") {
                event.preventDefault();
                add();
              }
              if (event.key === "Escape") setText("");
            }}
          />
        )}
      </div>
    </fieldset>
  );
}
