export const MAIL_THEMES = ["light", "dark"] as const;
export type MailTheme = (typeof MAIL_THEMES)[number];

const DARK_MEDIA = "@media (prefers-color-scheme:dark)";

/**
 * A mail's HTML as a mail program in a theme shows it, for the frame of a preview only: a browser's frame
 * follows the reader's system, so the mail's own dark rules are made to hold always or never.
 */
export function inTheme(html: string, theme: MailTheme): string {
  return html
    .replaceAll(DARK_MEDIA, theme === "dark" ? "@media all" : "@media not all")
    .replace("color-scheme:light dark;", `color-scheme:${theme};`);
}
