import { Authenticator } from "@aws-amplify/ui-react";
import "@aws-amplify/ui-react/styles.css";
import { I18n } from "aws-amplify/utils";
import styles from "./SignIn.module.css";

/** Amplify's placeholders only repeat its labels. */
const email = { placeholder: "" };
const password = { placeholder: "" };
const newPassword = { label: "New password", placeholder: "" };
const repeated = { label: "The same again", placeholder: "" };
const FIELDS = {
  signIn: { username: email, password },
  forceNewPassword: { password: newPassword, confirm_password: repeated },
  forgotPassword: { username: email },
  confirmResetPassword: {
    confirmation_code: { label: "Code from the mail", placeholder: "" },
    password: newPassword,
    confirm_password: repeated,
  },
};

I18n.setLanguage("en");
I18n.putVocabulariesForLanguage("en", {
  "Change Password": "Choose your password",
  "Reset Password": "Reset your password",
  "Back to Sign In": "Back to sign in",
  "Send code": "Send me a code",
  "Resend Code": "Send another code",
  Submit: "Set the password",
});

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
        <Authenticator hideSignUp loginMechanisms={["email"]} formFields={FIELDS} />
      </div>
    </main>
  );
}
