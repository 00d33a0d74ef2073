/** Apart, so that it is loaded only when somebody signs out. */
export { signOut as forgetTokens } from "aws-amplify/auth";
