"use client";

import { useParams } from "next/navigation";
import { ERROR_TEXTS } from "@/lib/i18n/error-texts";
import { DEFAULT_LANGUAGE, isLanguage } from "@/lib/i18n/languages";

interface ErrorPageProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/** A page that failed, for whoever has a script; `lib/failed-page.ts` is for the others. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  const { locale } = useParams<{ locale: string }>();
  const { title, lead, again, code } = ERROR_TEXTS[isLanguage(locale) ? locale : DEFAULT_LANGUAGE];
  return (
    <main id="content" className="mx-auto max-w-2xl px-4 py-16">
      <h1 className="font-bold text-3xl">{title}</h1>
      <p className="mt-3">{lead}</p>
      {error.digest ? (
        <p className="mt-3 text-muted">
          {code} {error.digest}
        </p>
      ) : null}
      <button
        type="button"
        onClick={reset}
        className="mt-6 min-h-11 rounded-md bg-accent px-5 font-semibold text-on-accent"
      >
        {again}
      </button>
    </main>
  );
}
