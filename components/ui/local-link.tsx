import Link from "next/link";
import { useLocale } from "next-intl";
import type { ComponentProps } from "react";
import { DEFAULT_LANGUAGE, isLanguage, localizedPath } from "@/lib/i18n/languages";

type LocalLinkProps = Omit<ComponentProps<typeof Link>, "href"> & { href: string };

/**
 * A link to a page in the language of the page it stands on. `href` is without a prefix. There are many on a page:
 * one that had to be waited for would cost ten times as much.
 */
export function LocalLink({ href, ...rest }: LocalLinkProps) {
  const locale = useLocale();
  const language = isLanguage(locale) ? locale : DEFAULT_LANGUAGE;
  return <Link {...rest} prefetch={false} href={localizedPath(language, href)} />;
}
