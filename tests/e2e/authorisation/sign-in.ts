import { unusedCode } from "@/tests/factories/totp";
import { ask, baseUrl, plainForm } from "./asking";
import { builtActions } from "./build";

/** The cookies that an answer sets, as a request brings them; those it ends are left out. */
const cookiesOf = (headers: Headers) =>
  headers
    .getSetCookie()
    .filter((cookie) => !/^[^=]+=;/.test(cookie))
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

export const actionId = (name: string): string => {
  const found = builtActions().find((action) => action.name === name);
  if (!found) {
    throw new Error(`the build has no action ${name}`);
  }
  return found.id;
};

/** Signs in by the form without JavaScript; answers the cookies and where it leads. The one place that knows how. */
export async function signIn(
  page: "/login" | "/staff/login",
  who: { email: string; password: string },
  fields: Record<string, string> = {},
): Promise<{ cookie: string; location: string; setCookies: string[] }> {
  const action = actionId(page === "/login" ? "signInAction" : "staffSignInAction");
  const { email, password } = who;
  const { status, headers } = await ask(page, {
    method: "POST",
    headers: { origin: new URL(baseUrl()).origin },
    body: plainForm(action, { email, password, ...fields }, false),
  });
  const cookie = cookiesOf(headers);
  if (status !== 303 || !cookie) {
    throw new Error(`${email} could not sign in at ${page}: ${status}`);
  }
  return { cookie, location: headers.get("location") ?? "", setCookies: headers.getSetCookie() };
}

/** The second step of a sign-in: the app's code, once more when it was used already. */
export async function signInWithCode(cookie: string, totpSecret: string): Promise<string> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const { headers } = await ask("/login/code", {
      ...{ method: "POST", cookie, headers: { origin: new URL(baseUrl()).origin } },
      body: plainForm(
        actionId("signInWithCodeAction"),
        { code: await unusedCode(totpSecret) },
        false,
      ),
    });
    const opened = cookiesOf(headers);
    if (headers.get("location") && opened) {
      return opened;
    }
  }
  throw new Error("the code was refused");
}
