import type { Info, Person } from "./stack.ts";

/** What Cognito answers a sign-in with. */
export interface Tokens {
  AccessToken: string;
  IdToken: string;
  RefreshToken: string;
}

/** Whose key signs, of which the emulator reads no more than the key's id. */
const ADMINISTRATOR =
  "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0";

async function call<T>(info: Info, action: string, body: unknown): Promise<T> {
  const response = await fetch(`${info.cognito.endpoint}/`, {
    method: "POST",
    headers: {
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${action}`,
      "Content-Type": "application/x-amz-json-1.1",
      ...(action.startsWith("Admin") ? { Authorization: ADMINISTRATOR } : {}),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`Cognito refused ${action}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Signs in by the API, as a script would. */
export async function signInByApi(info: Info, person: Person): Promise<Tokens> {
  const { AuthenticationResult } = await call<{ AuthenticationResult: Tokens }>(info, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: info.cognito.client_id,
    AuthParameters: { USERNAME: person.email, PASSWORD: person.password },
  });
  return AuthenticationResult;
}

/** Adds an agent as an administrator does; the password opens nothing but the choice of another one. */
export async function inviteAgent(info: Info, person: Person): Promise<void> {
  const user = { UserPoolId: info.cognito.user_pool_id, Username: person.email };
  await call(info, "AdminCreateUser", {
    ...user,
    TemporaryPassword: person.password,
    MessageAction: "SUPPRESS",
    UserAttributes: [
      { Name: "email", Value: person.email },
      { Name: "email_verified", Value: "true" },
    ],
  });
  await call(info, "AdminAddUserToGroup", { ...user, GroupName: "Agents" });
}

/** Gives an invited agent a password for good. */
export async function settlePassword(info: Info, person: Person): Promise<void> {
  await call(info, "AdminSetUserPassword", {
    UserPoolId: info.cognito.user_pool_id,
    Username: person.email,
    Password: person.password,
    Permanent: true,
  });
}

/** The code in the latest mail to `email`. */
export async function mailedCode(info: Info, email: string): Promise<string> {
  const mails = await (await fetch(`${info.cognito.endpoint}/_ministack/ses/messages`)).text();
  const code = new RegExp(`${email}[^]*?\\b(\\d{6})\\b`).exec(mails)?.[1];
  if (code === undefined) throw new Error(`No code was mailed to ${email}: ${mails.slice(0, 2000)}`);
  return code;
}

/** The entries that Amplify keeps of a signed-in person. */
export function amplifyEntries(info: Info, tokens: Tokens): Record<string, string> {
  const prefix = `CognitoIdentityServiceProvider.${info.cognito.client_id}`;
  const payload = JSON.parse(Buffer.from(tokens.AccessToken.split(".")[1] ?? "", "base64url").toString()) as {
    username: string;
  };
  const user = `${prefix}.${payload.username}`;
  return {
    [`${prefix}.LastAuthUser`]: payload.username,
    [`${user}.accessToken`]: tokens.AccessToken,
    [`${user}.idToken`]: tokens.IdToken,
    [`${user}.refreshToken`]: tokens.RefreshToken,
    [`${user}.clockDrift`]: "0",
  };
}
