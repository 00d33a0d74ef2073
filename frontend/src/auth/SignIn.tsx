import { Authenticator } from "@aws-amplify/ui-react";
import "@aws-amplify/ui-react/styles.css";
import styles from "./SignIn.module.css";

/** The sign-in page: password (SRP), first password, forgotten password. Loaded only when it is needed. */
export default function SignIn({ expired }: { expired: boolean }) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <h1 className={styles.title}>
          <img src="/favicon.svg" alt="" width="28" height="28" />
          Tributary
        </h1>
        <p className={styles.hint}>
          {expired
            ? "Your session has ended. Sign in again: what you typed is kept, and replies on their way are sent then."
            : "Sign in to answer your customers."}
        </p>
        <Authenticator hideSignUp loginMechanisms={["email"]} />
      </div>
    </main>
  );
}
