import styles from "./Skeleton.module.css";

/** Where text will stand; `width` in per cent. */
export function Skeleton({ width }: { width: number }) {
  return <span className={styles.bar} style={{ width: `${width}%` }} />;
}
