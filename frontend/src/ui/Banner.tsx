import type { ReactNode } from "react";
import styles from "./Banner.module.css";
import { classes } from "./classes.ts";
import { Icon } from "./Icon.tsx";

/** A strip that says what is wrong and what can be done; read out when it appears. */
export function Banner({
  tone,
  children,
  actions,
}: {
  tone: "danger" | "warning" | "info";
  children: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div role={tone === "danger" ? "alert" : "status"} className={classes(styles.banner, styles[tone])}>
      <Icon name="alert" />
      <p className={styles.text}>{children}</p>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
