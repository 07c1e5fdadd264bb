import { billLineSets, type billLines, type KeptLine } from "@/db/schema";
import type { World } from "../setup/database";

type Line = typeof billLines.$inferSelect;
/** A line; what is left out is null. */
export type NewLine = Omit<Line, "quantity" | "unit" | "unitPriceEur"> &
  Partial<Pick<Line, "quantity" | "unit" | "unitPriceEur">>;

/** Adds the lines of one bill. */
export async function addBillLines(db: World["db"], lines: NewLine[]): Promise<void> {
  const [first] = lines;
  if (!first) {
    return;
  }
  const { companyId, contractId, documentId } = first;
  const kept = lines.map(
    ({ lineNumber, section, description, quantity, unit, unitPriceEur, amountCents }): KeptLine => [
      ...([lineNumber, section, description, quantity ?? null] as const),
      ...([unit ?? null, unitPriceEur ?? null, amountCents] as const),
    ],
  );
  await db.insert(billLineSets).values({ companyId, contractId, documentId, lines: kept });
}
