import type { billLines, documents } from "@/db/schema";
import type { Language } from "@/lib/i18n/languages";
import { formatCents, formatNumber } from "@/lib/money";
import { formatDate, formatShortDate } from "@/lib/time";
import { decorate, INK, LEFT, MUTED, type Pdf, RIGHT, RULE, WIDTH, write } from "./bill-pdf-parts";
import { BILL_PDF_WORDS } from "./bill-pdf-words";

type DocumentRow = typeof documents.$inferSelect;
type LineRow = typeof billLines.$inferSelect;

/** Everything that stands on a printed bill. */
export interface BillPdf {
  language: Language;
  company: { name: string; accentColor: string; supportPhone: string; faultPhone: string };
  holder: { name: string; taxId: string; billingAddress: string };
  kind: DocumentRow["kind"];
  commodity: DocumentRow["commodity"];
  billNumber: string;
  customerCode: string;
  contractNumber: string;
  supplyPoint: string;
  supplyAddress: string;
  issueDate: string;
  dueDate: string;
  periodFrom: string;
  periodTo: string;
  totalCents: number;
  /** In `consumptionUnit`; null where nothing was measured. */
  consumption: number | null;
  consumptionUnit: DocumentRow["consumptionUnit"];
  estimated: boolean;
  /** The direct-debit mandate that pays it; null: none does. */
  mandateReference: string | null;
  lines: {
    section: LineRow["section"];
    description: string;
    quantity: number | null;
    unit: string | null;
    unitPriceEur: number | null;
    amountCents: number;
  }[];
}

/** No page ends in the middle of the last line. */
const BOTTOM = 742;

/** Draws the whole bill into a new document. */
export function drawBill(pdf: Pdf, bill: BillPdf): void {
  drawHead(pdf, bill);
  drawFacts(pdf, bill);
  drawTotal(pdf, bill);
  drawLines(pdf, bill);
  drawFoot(pdf, bill);
}

/** What the bill is called: on its head and as the document's title. */
export const billTitle = ({ language, kind, billNumber }: BillPdf) =>
  `${BILL_PDF_WORDS[language].kind[kind]} ${billNumber}`;

function drawHead(pdf: Pdf, bill: BillPdf): void {
  const { company, issueDate, language } = bill;
  const words = BILL_PDF_WORDS[language];
  decorate(pdf, () => pdf.rect(0, 0, 595.28, 10).fill(company.accentColor));
  write(
    pdf,
    company.name,
    { x: LEFT, y: 36, width: 260 },
    { size: 17, bold: true, color: company.accentColor },
  );
  write(
    pdf,
    billTitle(bill),
    { x: LEFT + 240, y: 36, width: WIDTH - 240, align: "right" },
    { size: 14, bold: true, tag: "H1" },
  );
  write(
    pdf,
    `${words.issued} ${formatDate(issueDate, language)}`,
    { x: LEFT + 240, y: 56, width: WIDTH - 240, align: "right" },
    { size: 9, color: MUTED },
  );
}

function drawFacts(pdf: Pdf, bill: BillPdf): void {
  const words = BILL_PDF_WORDS[bill.language];
  const used =
    bill.consumption === null
      ? null
      : `${formatNumber(bill.consumption, bill.language)} ${unitShown(bill.consumptionUnit)}`;
  const columns: [string, string][][] = [
    [
      [words.holder, bill.holder.name],
      [words.taxId, bill.holder.taxId],
      [words.customerCode, bill.customerCode],
      [words.contract, bill.contractNumber],
    ],
    [
      [words.commodity[bill.commodity], bill.supplyPoint],
      [words.supplyAddress, bill.supplyAddress],
      [
        words.period,
        `${formatShortDate(bill.periodFrom, bill.language)} – ${formatShortDate(bill.periodTo, bill.language)}`,
      ],
      ...(used
        ? [
            [words.consumption, bill.estimated ? `${used}, ${words.estimated}` : used] as [
              string,
              string,
            ],
          ]
        : []),
    ],
  ];
  for (const [index, column] of columns.entries()) {
    const x = LEFT + index * (WIDTH / 2);
    for (const [row, [name, value]] of column.entries()) {
      const y = 98 + row * 31;
      write(pdf, name, { x, y, width: WIDTH / 2 - 16 }, { size: 8, color: MUTED });
      write(pdf, value, { x, y: y + 11, width: WIDTH / 2 - 16 }, { size: 10 });
    }
  }
}

function drawTotal(pdf: Pdf, bill: BillPdf): void {
  const words = BILL_PDF_WORDS[bill.language];
  decorate(pdf, () => pdf.roundedRect(LEFT, 232, WIDTH, 62, 5).fill(bill.company.accentColor));
  const white = { color: "#ffffff" };
  write(pdf, words.total, { x: LEFT + 16, y: 243, width: 200 }, { size: 9, ...white });
  write(
    pdf,
    formatCents(bill.totalCents, bill.language),
    { x: LEFT + 16, y: 257, width: 220 },
    { size: 22, bold: true, ...white },
  );
  const right = { x: LEFT + 240, width: WIDTH - 256, align: "right" as const };
  write(
    pdf,
    `${words.due}: ${formatDate(bill.dueDate, bill.language)}`,
    { ...right, y: 247 },
    { size: 12, bold: true, ...white },
  );
  write(
    pdf,
    bill.mandateReference ? `${words.directDebit} ${bill.mandateReference}` : words.noDirectDebit,
    { ...right, y: 266 },
    { size: 9, ...white },
  );
}

const COLUMNS = [
  { x: LEFT, width: 250, align: "left" },
  { x: LEFT + 250, width: 90, align: "right" },
  { x: LEFT + 340, width: 80, align: "right" },
  { x: LEFT + 420, width: 79, align: "right" },
] as const;

function row(
  pdf: Pdf,
  y: number,
  cells: string[],
  style: { size: number; bold?: boolean; color?: string },
): void {
  for (const [index, column] of COLUMNS.entries()) {
    const text = cells[index];
    if (text) {
      write(pdf, text, { ...column, y }, style);
    }
  }
}

function drawLines(pdf: Pdf, bill: BillPdf): void {
  const words = BILL_PDF_WORDS[bill.language];
  const { language } = bill;
  let y = 316;
  row(pdf, y, [words.description, words.quantity, words.unitPrice, words.amount], {
    size: 8,
    color: MUTED,
  });
  y += 15;
  let section: string | undefined;
  for (const line of bill.lines) {
    if (y > BOTTOM - 40) {
      pdf.addPage();
      y = 48;
    }
    if (line.section !== section) {
      section = line.section;
      const ruleAt = y + 2;
      decorate(pdf, () =>
        pdf.moveTo(LEFT, ruleAt).lineTo(RIGHT, ruleAt).lineWidth(0.5).strokeColor(RULE).stroke(),
      );
      write(
        pdf,
        words.section[line.section],
        { x: LEFT, y: y + 8, width: WIDTH },
        { size: 9.5, bold: true, color: bill.company.accentColor, tag: "H2" },
      );
      y += 23;
    }
    const quantity =
      line.quantity === null
        ? ""
        : `${formatNumber(line.quantity, language, 3)} ${unitShown(line.unit)}`.trim();
    const price = line.unitPriceEur === null ? "" : formatNumber(line.unitPriceEur, language, 6);
    row(pdf, y, [line.description, quantity, price, formatCents(line.amountCents, language)], {
      size: 9,
    });
    y += 14;
  }
  const ruleAt = y + 4;
  decorate(pdf, () =>
    pdf.moveTo(LEFT, ruleAt).lineTo(RIGHT, ruleAt).lineWidth(1).strokeColor(INK).stroke(),
  );
  row(pdf, y + 11, [words.sum, "", "", formatCents(bill.totalCents, language)], {
    size: 11,
    bold: true,
  });
}

function drawFoot(pdf: Pdf, { company, language }: BillPdf): void {
  const words = BILL_PDF_WORDS[language];
  write(
    pdf,
    `${company.name} · ${words.support} ${company.supportPhone} · ${words.faults} ${company.faultPhone}`,
    { x: LEFT, y: BOTTOM + 22, width: WIDTH },
    { size: 8, color: MUTED },
  );
}

const unitShown = (unit: string | null) => (unit === "m3" ? "m³" : (unit ?? ""));
