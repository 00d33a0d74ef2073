import type { Info, Person } from "./stack.ts";

/** What Cognito answers a sign-in with. */
export interface Tokens {
  AccessToken: string;
  IdToken: string;
  RefreshToken: string;
}

/** Signs in by the API, as a script would. */
export async function signInByApi(info: Info, person: Person): Promise<Tokens> {
  const response = await fetch(`${info.cognito.endpoint}/`, {
    method: "POST",
    headers: {
      "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
      "Content-Type": "application/x-amz-json-1.1",
    },
    body: JSON.stringify({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: info.cognito.client_id,
      AuthParameters: { USERNAME: person.email, PASSWORD: person.password },
    }),
  });
  if (!response.ok) throw new Error(`Cognito refused ${person.email}: ${await response.text()}`);
  return ((await response.json()) as { AuthenticationResult: Tokens }).AuthenticationResult;
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
