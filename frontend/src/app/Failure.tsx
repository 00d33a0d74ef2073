import { Component, type ReactNode } from "react";
import { Button } from "../ui/Button.tsx";
import styles from "./Failure.module.css";

/** A whole page that says what is wrong, and how to go on. */
export function Failure({ sentence, action }: { sentence: string; action?: ReactNode }) {
  return (
    <main className={styles.page}>
      <h1 className={styles.title}>This does not work right now</h1>
      <p role="alert">{sentence}</p>
      <div className={styles.actions}>
        {action}
        <Button look="primary" onClick={() => window.location.reload()}>
          Load the page again
        </Button>
      </div>
    </main>
  );
}

/** Catches a fault of ours, so that the agent sees a sentence and not an empty page. */
export class FaultBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? (
      <Failure sentence="The workbench ran into a fault of its own. What you typed is kept." />
    ) : (
      this.props.children
    );
  }
}
