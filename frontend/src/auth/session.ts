import { Amplify } from "aws-amplify";
import { fetchAuthSession } from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { ConsoleLogger, Hub, sessionStorage } from "aws-amplify/utils";

export interface Pool {
  readonly user_pool_id: string;
  readonly client_id: string;
  readonly endpoint: string | null;
}

export type SessionState = "signed-in" | "signed-out" | "expired";

/** Points Amplify at the user pool. Tokens stay in sessionStorage: a closed tab is signed out. */
export function configureSession(pool: Pool): void {
  // Amplify warns of every user pool endpoint that is not AWS's own, as the local stack's.
  ConsoleLogger.LOG_LEVEL = "ERROR";
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: pool.user_pool_id,
        userPoolClientId: pool.client_id,
        loginWith: { email: true },
        ...(pool.endpoint === null ? {} : { userPoolEndpoint: pool.endpoint }),
      },
    },
  });
  cognitoUserPoolsTokenProvider.setKeyValueStorage(sessionStorage);
}

/** A valid access token, refreshed when it has run out; none when nobody is signed in. */
export async function accessToken(): Promise<string | undefined> {
  const session = await fetchAuthSession();
  return session.tokens?.accessToken.toString();
}

/** Gets new tokens although the present ones look valid; none when the refresh token is refused too. */
export async function refreshedToken(): Promise<string | undefined> {
  const session = await fetchAuthSession({ forceRefresh: true });
  return session.tokens?.accessToken.toString();
}

/** Whether somebody is signed in now. A network failure counts as signed in: requests tell better. */
export async function currentState(): Promise<SessionState> {
  try {
    return (await accessToken()) === undefined ? "signed-out" : "signed-in";
  } catch (error) {
    return error instanceof Error && error.name === "NetworkError" ? "signed-in" : "signed-out";
  }
}

/** Forgets the tokens here and revokes them at Cognito. */
export async function signOut(): Promise<void> {
  const { forgetTokens } = await import("./forgetTokens.ts");
  await forgetTokens();
}

/** Calls `changed` when somebody signs in or out, or the tokens can no longer be refreshed. */
export function watchSession(changed: (state: SessionState) => void): () => void {
  return Hub.listen("auth", ({ payload }) => {
    if (payload.event === "signedIn") changed("signed-in");
    else if (payload.event === "signedOut") changed("signed-out");
    else if (payload.event === "tokenRefresh_failure" && !isNetworkFailure(payload.data)) changed("expired");
  });
}

function isNetworkFailure(data: unknown): boolean {
  const error = (data as { error?: { name?: string } } | undefined)?.error;
  return error?.name === "NetworkError";
}
