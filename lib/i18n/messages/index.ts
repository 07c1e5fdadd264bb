import type { Language } from "../languages";
import de from "./de";
import en from "./en";
import it from "./it";

/** Every text of the pages, per language; one file per namespace, the same in each language. */
export const MESSAGES: Record<Language, typeof it> = { it, en, de };
