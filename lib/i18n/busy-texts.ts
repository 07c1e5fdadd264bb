import type { Language } from "./languages";

/** Why a page is not answered now. */
export type BusyReason =
  /** Too many wait already: nothing was done. */
  | "crowded"
  /** Something that it needs does not answer, or not in time. */
  | "late"
  /** The database is between two versions: nothing was done. */
  | "updating";

interface BusyTexts {
  title: Record<BusyReason, string>;
  lead: Record<BusyReason, string>;
  /** After a form was sent. */
  form: Record<BusyReason, string>;
  again: string;
  code: string;
}

/** Read while the database is away: apart from all other texts, and needing nothing. */
export const BUSY_TEXTS: Record<Language, BusyTexts> = {
  it: {
    title: {
      crowded: "Ora siamo molto richiesti",
      late: "Ora ci serve più tempo del solito",
      updating: "Stiamo aggiornando Sportello",
    },
    lead: {
      crowded: "In questo momento arrivano molte richieste. Riprova tra qualche secondo.",
      late: "Il sistema risponde lentamente e non ti facciamo aspettare oltre. Riprova tra qualche secondo: le tue bollette e i tuoi dati sono al sicuro.",
      updating:
        "Tra qualche minuto torniamo. Riprova allora: le tue bollette e i tuoi dati sono al sicuro.",
    },
    form: {
      crowded:
        "Quello che hai inviato non è stato elaborato: torna indietro e invialo di nuovo tra poco.",
      late: "Non sappiamo ancora se quello che hai inviato è stato salvato: apri di nuovo la pagina e guarda; se manca, invialo un’altra volta.",
      updating:
        "Quello che hai inviato non è stato elaborato: torna indietro e invialo di nuovo tra qualche minuto.",
    },
    again: "Apri di nuovo la pagina",
    code: "Codice",
  },
  en: {
    title: {
      crowded: "We are very busy right now",
      late: "This is taking longer than usual",
      updating: "We are updating Sportello",
    },
    lead: {
      crowded: "Many requests are arriving at this moment. Please try again in a few seconds.",
      late: "Our system is answering slowly, and we do not want to keep you waiting. Please try again in a few seconds: your bills and your data are safe.",
      updating:
        "We will be back in a few minutes. Please try again then: your bills and your data are safe.",
    },
    form: {
      crowded: "What you sent was not processed: go back and send it again in a moment.",
      late: "We do not know yet whether what you sent was saved: open the page again and look; if it is missing, send it once more.",
      updating: "What you sent was not processed: go back and send it again in a few minutes.",
    },
    again: "Open the page again",
    code: "Code",
  },
  de: {
    title: {
      crowded: "Gerade ist sehr viel los",
      late: "Das dauert länger als sonst",
      updating: "Wir aktualisieren Sportello",
    },
    lead: {
      crowded:
        "Im Moment kommen viele Anfragen an. Versuchen Sie es in einigen Sekunden noch einmal.",
      late: "Unser System antwortet langsam, und wir möchten Sie nicht warten lassen. Versuchen Sie es in einigen Sekunden noch einmal: Ihre Rechnungen und Daten sind sicher.",
      updating:
        "In einigen Minuten sind wir wieder da. Versuchen Sie es dann noch einmal: Ihre Rechnungen und Daten sind sicher.",
    },
    form: {
      crowded:
        "Was Sie gesendet haben, wurde nicht bearbeitet: Gehen Sie zurück und senden Sie es gleich noch einmal.",
      late: "Wir wissen noch nicht, ob gespeichert wurde, was Sie gesendet haben: Öffnen Sie die Seite erneut und sehen Sie nach; fehlt es, senden Sie es noch einmal.",
      updating:
        "Was Sie gesendet haben, wurde nicht bearbeitet: Gehen Sie zurück und senden Sie es in einigen Minuten noch einmal.",
    },
    again: "Seite neu öffnen",
    code: "Code",
  },
};
