import { getTranslations } from "next-intl/server";
import { currentLanguage } from "@/lib/auth/current";
import { OWN_ACCENT, tokenIn } from "@/lib/companies/palette";
import { localizedPath } from "@/lib/i18n/languages";

const icon = (file: string, size: number, purpose: "any" | "maskable") => ({
  src: `/icons/${file}.png`,
  sizes: `${size}x${size}`,
  type: "image/png",
  purpose,
});

/** With it a phone puts the portal among its apps, named and begun in the reader's language. */
export async function GET(): Promise<Response> {
  const language = await currentLanguage();
  const t = await getTranslations("common");
  const home = localizedPath(language, "/overview");
  const manifest = {
    id: "/overview",
    name: t("appName"),
    short_name: t("productName"),
    description: t("productDescription"),
    lang: language,
    start_url: home,
    scope: "/",
    display: "standalone",
    background_color: tokenIn("light", "surface"),
    theme_color: OWN_ACCENT,
    icons: [
      icon("icon-192", 192, "any"),
      icon("icon-512", 512, "any"),
      icon("maskable-512", 512, "maskable"),
    ],
    shortcuts: (["bills", "consumption"] as const).map((page) => ({
      name: t(`shortcuts.${page}`),
      url: localizedPath(language, `/${page}`),
    })),
  };
  return Response.json(manifest, { headers: { "Content-Type": "application/manifest+json" } });
}
