import { contrast, mixed } from "./colour";

/** The colours of pages in the light and in the dark theme, as app/globals.css has them: a test compares the two. */
export const PALETTE = {
  surface: ["#f8f7f4", "#13171b"],
  panel: ["#ffffff", "#1b2127"],
  ink: ["#1b2127", "#eceae5"],
  muted: ["#545e69", "#a9b2bc"],
  line: ["#dcd9d2", "#343c45"],
  "field-line": ["#7a838d", "#86909b"],
  "on-accent": ["#ffffff", "#10161a"],
  danger: ["#a3231c", "#ff9d94"],
  "danger-soft": ["#fbefee", "#3a1f1d"],
  success: ["#1d6b3a", "#86d3a2"],
  "success-soft": ["#edf6f0", "#17301f"],
  warning: ["#7a4b00", "#efc477"],
  "warning-soft": ["#fcf4e3", "#352812"],
  "band-1": ["#0b5a68", "#7cc4d1"],
  "band-2": ["#d98b1f", "#d9912f"],
  "band-3": ["#b9cfd6", "#527884"],
  "band-line": ["#4d6f7a", "#c3dde3"],
} as const satisfies Record<string, readonly [light: string, dark: string]>;
export type Token = keyof typeof PALETTE;

/** Sportello's own accent, where no company's is asked for. */
export const OWN_ACCENT = "#0b5a68";

export const THEMES = ["light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** What a reader may choose; "system" follows the device. */
export const THEME_CHOICES = ["system", ...THEMES] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

/** Per cent of a company's colour that the dark theme keeps; the rest is white. */
const KEPT_IN_DARK = 48;

/** A company's accent as a theme shows it; app/globals.css mixes the same. */
export function accentIn(theme: Theme, company: string): string {
  return theme === "light" ? company : mixed(company, "#ffffff", KEPT_IN_DARK / 100);
}

/** The value of a token in a theme, `#rrggbb`. */
export function tokenIn(theme: Theme, token: Token): string {
  return PALETTE[token][THEMES.indexOf(theme)] ?? "";
}

/** What text needs on what is behind it: WCAG 2.2, 1.4.3. */
export const TEXT_CONTRAST = 4.5;

/** How well an accent reads in a theme: its lowest contrast on the page and on panels, 1 to 21. */
export function accentContrast(theme: Theme, company: string): number {
  const accent = accentIn(theme, company);
  return Math.min(
    contrast(accent, tokenIn(theme, "surface")),
    contrast(accent, tokenIn(theme, "panel")),
    // The words of buttons.
    contrast(accent, tokenIn(theme, "on-accent")),
  );
}
