import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { FocusContent } from "@/components/shell/focus-content";
import { NavigationProgress } from "@/components/shell/navigation-progress";
import { SkipLink } from "@/components/shell/skip-link";
import { chosenTheme } from "@/lib/accounts/theme";
import { currentLanguage } from "@/lib/auth/current";
import { THEMES, tokenIn } from "@/lib/companies/palette";
import { env } from "@/lib/env";
import { isLanguage, localizedPath } from "@/lib/i18n/languages";
import "../globals.css";

const body = localFont({
  src: "../../node_modules/@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
  variable: "--font-body",
  // It is preloaded. Where it comes late all the same, the page stays as it is: nothing moves under the reader.
  display: "optional",
  weight: "200 800",
});

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("common");
  return {
    metadataBase: new URL(env().APP_URL),
    robots: { index: false, follow: false },
    manifest: localizedPath(await currentLanguage(), "/manifest.webmanifest"),
    icons: {
      icon: { url: "/icon.svg", type: "image/svg+xml" },
      apple: "/icons/apple-touch-icon.png",
    },
    title: { template: `%s · ${t("productName")}`, default: t("productName") },
    description: t("productDescription"),
  };
}

/** The browser's own bars in the colour of the header, and its controls in the same theme. */
export async function generateViewport(): Promise<Viewport> {
  const chosen = await chosenTheme();
  return chosen === "system"
    ? {
        colorScheme: "light dark",
        themeColor: THEMES.map((theme) => ({
          media: `(prefers-color-scheme: ${theme})`,
          color: tokenIn(theme, "panel"),
        })),
      }
    : { colorScheme: chosen, themeColor: tokenIn(chosen, "panel") };
}

interface RootLayoutProps {
  children: ReactNode;
  params: Promise<{ locale: string }>;
}

export default async function RootLayout({ children, params }: RootLayoutProps) {
  const { locale } = await params;
  if (!isLanguage(locale)) {
    notFound();
  }
  const theme = await chosenTheme();
  return (
    <html
      lang={locale}
      className={body.variable}
      data-theme={theme === "system" ? undefined : theme}
    >
      <body className="flex min-h-dvh flex-col font-sans antialiased">
        <SkipLink />
        <NavigationProgress />
        <FocusContent id="content" />
        {children}
      </body>
    </html>
  );
}
