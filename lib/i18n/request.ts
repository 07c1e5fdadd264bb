import { getRequestConfig } from "next-intl/server";
import { DEFAULT_LANGUAGE, isLanguage } from "./languages";
import { MESSAGES } from "./messages";

/** next-intl's settings of a request; texts come from lib/i18n/messages. */
export default getRequestConfig(async ({ requestLocale }) => {
  const asked = await requestLocale;
  const locale = isLanguage(asked) ? asked : DEFAULT_LANGUAGE;
  return { locale, messages: MESSAGES[locale], timeZone: "Europe/Rome" };
});
