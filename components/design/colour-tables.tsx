import { getTranslations } from "next-intl/server";
import { DataTable } from "@/components/ui/data-table";
import { contrast } from "@/lib/companies/colour";
import {
  accentContrast,
  accentIn,
  PALETTE,
  type Theme,
  type Token,
  tokenIn,
} from "@/lib/companies/palette";
import type { Company } from "@/lib/companies/queries";
import type { Language } from "@/lib/i18n/languages";
import { formatFixed } from "@/lib/money";

interface TokenTableProps {
  theme: Theme;
  language: Language;
}

/** Tokens that text or lines are drawn in: what they measure on the page and on panels. */
const DRAWN: readonly Token[] = ["ink", "muted", "field-line", "danger", "success", "warning"];

/** Every colour of a theme, with its value and, where something is drawn in it, its measured contrast. */
export async function TokenTable({ theme, language }: TokenTableProps) {
  const t = await getTranslations("design");
  const on = (token: Token, behind: Token) =>
    DRAWN.includes(token)
      ? `${formatFixed(contrast(tokenIn(theme, token), tokenIn(theme, behind)), language, 1)} : 1`
      : "–";
  return (
    <DataTable
      caption={t("colours.caption")}
      rows={Object.keys(PALETTE) as Token[]}
      rowKey={(token) => token}
      columns={[
        {
          key: "token",
          header: t("colours.token"),
          cell: (token) => <Swatch colour={tokenIn(theme, token)}>{token}</Swatch>,
        },
        { key: "value", header: t("colours.value"), cell: (token) => tokenIn(theme, token) },
        {
          key: "surface",
          header: t("colours.onSurface"),
          numeric: true,
          cell: (token) => on(token, "surface"),
        },
        {
          key: "panel",
          header: t("colours.onPanel"),
          numeric: true,
          cell: (token) => on(token, "panel"),
        },
      ]}
    />
  );
}

interface AccentTableProps extends TokenTableProps {
  companies: Company[];
}

/** The companies' accents, and how well the words in them are read at the worst. */
export async function AccentTable({ companies, theme, language }: AccentTableProps) {
  const t = await getTranslations("design");
  return (
    <DataTable
      caption={t("accents.caption")}
      rows={companies}
      rowKey={({ slug }) => slug}
      columns={[
        {
          key: "company",
          header: t("accents.company"),
          cell: ({ name, accentColor }) => (
            <Swatch colour={accentIn(theme, accentColor)}>{name}</Swatch>
          ),
        },
        {
          key: "shown",
          header: t("accents.shown"),
          cell: ({ accentColor }) => accentIn(theme, accentColor),
        },
        {
          key: "contrast",
          header: t("accents.contrast"),
          numeric: true,
          cell: ({ accentColor }) =>
            `${formatFixed(accentContrast(theme, accentColor), language, 1)} : 1`,
        },
      ]}
    />
  );
}

function Swatch({ colour, children }: { colour: string; children: string }) {
  return (
    // The words come first, since the line is aligned by them.
    <span className="flex flex-row-reverse items-center justify-end gap-3">
      <span className="min-w-0 [overflow-wrap:anywhere]">{children}</span>
      <span
        aria-hidden="true"
        className="size-6 shrink-0 rounded-sm border border-field-line"
        style={{ background: colour }}
      />
    </span>
  );
}
