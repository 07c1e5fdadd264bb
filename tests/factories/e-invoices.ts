/** A FatturaPA file with the parts that matter; everything in it is invented. */
export interface InvoiceParts {
  version?: "FPR12" | "FPA12";
  encoding?: string;
  /** null: the buyer has none. */
  taxId?: string | null;
  bodies?: BodyParts[];
  prolog?: string;
}

export interface BodyParts {
  type?: string;
  number?: string;
  date?: string;
  total?: string | null;
  /** RiferimentoAmministrazione of each line. */
  point?: string;
  /** AltriDatiGestionali of each line: type and text. */
  data?: [string, string][];
  contract?: string;
  lines?: {
    description?: string;
    quantity?: string;
    unit?: string;
    amount: string;
    from?: string;
    to?: string;
  }[];
  taxable?: string;
  tax?: string;
  pdf?: Buffer;
}

const tag = (name: string, text: string | undefined) =>
  text === undefined ? "" : `<${name}>${text}</${name}>`;

export function eInvoice({
  version = "FPR12",
  encoding = "UTF-8",
  taxId = "RSSMRA80A01H501U",
  bodies = [{}],
  prolog = "",
}: InvoiceParts = {}): string {
  return `<?xml version="1.0" encoding="${encoding}"?>${prolog}
<p:FatturaElettronica versione="${version}" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
<FatturaElettronicaHeader><CedentePrestatore><DatiAnagrafici/></CedentePrestatore>
<CessionarioCommittente><DatiAnagrafici>${tag("CodiceFiscale", taxId ?? undefined)}</DatiAnagrafici></CessionarioCommittente>
</FatturaElettronicaHeader>
${bodies.map(body).join("\n")}
</p:FatturaElettronica>
`;
}

function body(parts: BodyParts): string {
  const {
    type = "TD01",
    number = "E-1",
    date = "2026-05-20",
    total,
    taxable = "100.00",
    tax = "10.00",
    lines = [{ amount: "100.00" }],
  } = parts;
  return `<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento>
${tag("TipoDocumento", type)}<Divisa>EUR</Divisa>${tag("Data", date)}${tag("Numero", number)}
${tag("ImportoTotaleDocumento", total === null ? undefined : (total ?? "110.00"))}</DatiGeneraliDocumento>
${parts.contract ? `<DatiContratto>${tag("IdDocumento", parts.contract)}</DatiContratto>` : ""}</DatiGenerali>
<DatiBeniServizi>${lines
    .map(
      (line, at) => `<DettaglioLinee>${tag("NumeroLinea", String(at + 1))}
${tag("Descrizione", line.description ?? "Materia energia")}${tag("Quantita", line.quantity)}${tag("UnitaMisura", line.unit)}
${tag("DataInizioPeriodo", line.from)}${tag("DataFinePeriodo", line.to)}<PrezzoUnitario>0.10000000</PrezzoUnitario>
${tag("PrezzoTotale", line.amount)}<AliquotaIVA>10.00</AliquotaIVA>${tag("RiferimentoAmministrazione", parts.point)}
${(parts.data ?? []).map(([kind, text]) => `<AltriDatiGestionali>${tag("TipoDato", kind)}${tag("RiferimentoTesto", text)}</AltriDatiGestionali>`).join("")}</DettaglioLinee>`,
    )
    .join("")}
<DatiRiepilogo><AliquotaIVA>10.00</AliquotaIVA>${tag("ImponibileImporto", taxable)}${tag("Imposta", tax)}</DatiRiepilogo></DatiBeniServizi>
<DatiPagamento><DettaglioPagamento><ModalitaPagamento>MP19</ModalitaPagamento>
<DataScadenzaPagamento>2026-06-15</DataScadenzaPagamento></DettaglioPagamento></DatiPagamento>
${parts.pdf ? `<Allegati><NomeAttachment>bolletta.pdf</NomeAttachment><Attachment>${parts.pdf.toString("base64")}</Attachment></Allegati>` : ""}
</FatturaElettronicaBody>`;
}
