import { classes } from "./classes.ts";
import styles from "./StatusDot.module.css";

/** A coloured dot and the word it stands for. */
export function StatusDot({
  tone,
  children,
}: {
  tone: "info" | "accent" | "warning" | "success" | "danger" | "quiet";
  children: string;
}) {
  return (
    <span className={classes(styles.status, styles[tone])}>
      <span className={styles.dot} />
      {children}
    </span>
  );
}
