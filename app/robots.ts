import type { MetadataRoute } from "next";
import { env } from "@/lib/env";
import { LANGUAGES, localizedPath } from "@/lib/i18n/languages";

// The address of the site is known when it runs: one build serves everywhere.
export const dynamic = "force-dynamic";

/** Pages that open by a mailed link, and the staff's. What is behind a login tells crawlers itself not to keep it. */
const PRIVATE = ["/staff", "/confirm", "/reset-password", "/login/code", "/account-deleted"];

export default function robots(): MetadataRoute.Robots {
  const disallow = LANGUAGES.flatMap((language) =>
    PRIVATE.map((path) => localizedPath(language, path)),
  );
  return {
    rules: { userAgent: "*", disallow: ["/api/", ...disallow] },
    sitemap: new URL("/sitemap.xml", env().APP_URL).href,
  };
}
