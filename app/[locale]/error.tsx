"use client";

import { useParams } from "next/navigation";
import { isLanguage } from "@/lib/i18n/languages";

// The one place whose texts are in the browser's code: when a page fails, its texts may be why.
const TEXTS = {
  it: [
    "Qualcosa non ha funzionato",
    "Non è andato perso nulla. Riprova tra un momento.",
    "Riprova",
    "Codice",
  ],
  en: [
    "Something went wrong",
    "Nothing was lost. Please try again in a moment.",
    "Try again",
    "Code",
  ],
  de: [
    "Etwas ist schiefgegangen",
    "Es ging nichts verloren. Versuchen Sie es gleich noch einmal.",
    "Noch einmal",
    "Code",
  ],
} as const;

interface ErrorPageProps {
  error: Error & { digest?: string };
  reset: () => void;
}

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  const { locale } = useParams<{ locale: string }>();
  const [title, lead, again, code] = TEXTS[isLanguage(locale) ? locale : "it"];
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
