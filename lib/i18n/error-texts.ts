import type { Language } from "./languages";

interface ErrorTexts {
  title: string;
  lead: string;
  again: string;
  code: string;
}

/** What a page says that failed: apart from all other texts, which may be why. Small enough for the browser. */
export const ERROR_TEXTS: Record<Language, ErrorTexts> = {
  it: {
    title: "Qualcosa non ha funzionato",
    lead: "Non è andato perso nulla. Riprova tra un momento.",
    again: "Riprova",
    code: "Codice",
  },
  en: {
    title: "Something went wrong",
    lead: "Nothing was lost. Please try again in a moment.",
    again: "Try again",
    code: "Code",
  },
  de: {
    title: "Etwas ist schiefgegangen",
    lead: "Es ging nichts verloren. Versuchen Sie es gleich noch einmal.",
    again: "Noch einmal",
    code: "Code",
  },
};
