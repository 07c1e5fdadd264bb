import type { MetadataRoute } from "next";
import { visitor } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";
import { env } from "@/lib/env";
import { LANGUAGES, languageAlternates, localizedPath } from "@/lib/i18n/languages";

export const dynamic = "force-dynamic";

const PAGES = [
  ...["/", "/signup", "/login", "/help"],
  ...["/contact", "/complaints", "/accessibility", "/privacy"],
];

/** Every page that is for everybody, in each language. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const companies = await listCompanies(visitor().db);
  const paths = [
    ...PAGES,
    ...companies.flatMap(({ slug }) => [
      `/start/${slug}`,
      `/sample-bill/${slug}`,
      `/direct-debit/${slug}`,
    ]),
  ];
  const whole = (path: string) => new URL(path, env().APP_URL).href;
  return paths.flatMap((path) =>
    LANGUAGES.map((language) => ({
      url: whole(localizedPath(language, path)),
      alternates: {
        languages: Object.fromEntries(
          Object.entries(languageAlternates(path)).map(([name, at]) => [name, whole(at)]),
        ),
      },
    })),
  );
}
