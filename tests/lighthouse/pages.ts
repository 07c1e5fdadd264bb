import { ask, baseUrl } from "../e2e/authorisation/asking";
import { signIn } from "../e2e/authorisation/sign-in";
import { readDemoFile } from "../e2e/mailbox";

/** A page that is looked at. */
export interface LookedAt {
  name: string;
  path: string;
  /** Of whoever is signed in; empty on a page for everybody. */
  cookie: string;
  /** Its speed is measured: one of the six of issue 8. The other public pages are not timed. */
  timed: boolean;
  /** Search engines are to find it. */
  indexed: boolean;
}

/** The six pages of issue 8, as the demo's first customer sees them, then all else that the sitemap names in Italian. */
export async function listPages(): Promise<LookedAt[]> {
  const [customer] = readDemoFile().customers;
  const { cookie } = await signIn("/login", customer ?? { email: "", password: "" });
  const { body: archive } = await ask("/bills", { cookie });
  const [, bill] = /href="(\/bills\/[0-9a-f-]{36})"/.exec(archive) ?? [];
  if (!bill) {
    throw new Error("the demo's first customer has no bill");
  }
  const open = (name: string, path: string, timed = true) => ({
    ...{ name, path, cookie: "", timed, indexed: true },
  });
  const own = (name: string, path: string) => ({
    ...{ name, path, cookie, timed: true, indexed: false },
  });
  const six = [
    open("start", "/"),
    open("login", "/login"),
    own("overview", "/overview"),
    own("bills", "/bills"),
    own("bill", bill),
    own("delivery", "/delivery"),
  ];
  const others = (await sitemapPaths())
    .filter((path) => !/^\/(en|de)(\/|$)/.test(path) && six.every((page) => page.path !== path))
    .map((path) => open(path.slice(1).replaceAll("/", "-"), path, false));
  return [...six, ...others];
}

async function sitemapPaths(): Promise<string[]> {
  const { body } = await ask("/sitemap.xml");
  return [...body.matchAll(/<loc>([^<]+)<\/loc>/g)].map(
    ([, address = ""]) => new URL(address, baseUrl()).pathname,
  );
}
