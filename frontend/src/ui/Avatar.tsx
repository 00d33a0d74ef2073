import styles from "./Avatar.module.css";
import { classes } from "./classes.ts";

const HUES = [styles.hue0, styles.hue1, styles.hue2, styles.hue3, styles.hue4];

/** The initials of a name on a colour of its own. Decoration: the name stands beside it. */
export function Avatar({ name, large = false }: { name: string; large?: boolean }) {
  const hash = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  return (
    <span
      aria-hidden="true"
      className={classes(styles.avatar, HUES[hash % HUES.length], large && styles.large)}
    >
      {initials(name)}
    </span>
  );
}

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.split(/[\s@._-]+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked.map((word) => [...(word ?? "")][0]?.toUpperCase() ?? "").join("") || "?";
}
