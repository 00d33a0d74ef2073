import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./Button.module.css";
import { classes } from "./classes.ts";
import { Icon, type IconName } from "./Icon.tsx";

type Look = "primary" | "plain" | "quiet" | "note";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with words. */
export function Button({ look = "plain", small = false, className, type = "button", ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type}
      className={classes(styles.button, styles[look], small && styles.small, className)}
    />
  );
}

/** A button that is an icon; its label is its name and its tooltip. */
export function IconButton({ icon, label, ...rest }: Props & { icon: IconName; label: string }) {
  return (
    <Button
      {...rest}
      look={rest.look ?? "quiet"}
      className={classes(styles.icon, rest.className)}
      aria-label={label}
      title={label}
    >
      <Icon name={icon} />
    </Button>
  );
}
