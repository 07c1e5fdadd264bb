import { channels, contrast, luminance } from "@/lib/companies/colour";

function mix(hex: string, other: string, share: number): string {
  const from = channels(hex);
  const to = channels(other);
  const mixed = from.map((channel, index) =>
    Math.round(channel + ((to[index] ?? 0) - channel) * share)
      .toString(16)
      .padStart(2, "0"),
  );
  return `#${mixed.join("")}`;
}

export const LIGHT = {
  surface: "#f3f1ec",
  panel: "#ffffff",
  ink: "#1b2127",
  muted: "#545e69",
  line: "#dcd9d2",
};
export const DARK = {
  surface: "#13171b",
  panel: "#1b2127",
  ink: "#eceae5",
  muted: "#a9b2bc",
  line: "#343c45",
};

/** A company's accent, moved away from a background until text in it can be read (4.5 : 1). */
export function readable(accent: string, background: string): string {
  const towards = luminance(background) > 0.4 ? "#000000" : "#ffffff";
  let colour = accent;
  for (let share = 0.1; contrast(colour, background) < 4.5 && share <= 1; share += 0.1) {
    colour = mix(accent, towards, share);
  }
  return colour;
}

/** Black or white, whichever is read better on a colour. */
export function textOn(colour: string): string {
  return contrast(colour, "#ffffff") >= contrast(colour, "#10161a") ? "#ffffff" : "#10161a";
}
