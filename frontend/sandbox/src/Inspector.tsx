import { Button, IconButton } from "../../src/ui/Button.tsx";
import { Clock } from "../../src/ui/Time.tsx";
import type { DeliveryAttempt, Message } from "./api.ts";
import styles from "./Inspector.module.css";
import type { Act } from "./useSandbox.ts";

/** What was posted for a message: the bytes, their proof, and the desk's answer. */
export function Inspector({ message, act, onClose }: { message: Message; act: Act; onClose: () => void }) {
  return (
    <section aria-label="Inside the message" className={styles.inspector}>
      <div className={styles.head}>
        <h2 className={styles.title}>Inside “{message.text.slice(0, 40)}”</h2>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </div>
      <Button
        disabled={message.state === "held"}
        onClick={() => act.mutate({ method: "POST", path: `/messages/${message.id}/redeliver` })}
      >
        Deliver again
      </Button>
      {message.deliveries.length === 0 && <p>Not posted yet.</p>}
      <ol className={styles.attempts}>
        {message.deliveries.map((attempt, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: attempts are only ever added at the end.
          <li key={index} className={styles.attempt}>
            <Attempt attempt={attempt} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Attempt({ attempt }: { attempt: DeliveryAttempt }) {
  return (
    <>
      <p className={styles.line}>
        <Clock at={attempt.at} />
        <strong>{attempt.status ?? "no answer"}</strong>
        {attempt.answer !== null && <code className={styles.answer}>{JSON.stringify(attempt.answer)}</code>}
      </p>
      <details>
        <summary className={styles.summary}>What was posted</summary>
        <code className={styles.proof}>{attempt.signature_header}</code>
        <pre className={styles.body}>{pretty(attempt.body)}</pre>
      </details>
    </>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
