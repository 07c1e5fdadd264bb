import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { CodeList } from "@/components/ui/code-list";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { ICON_NAMES, Icon } from "@/components/ui/icon";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { QrCode } from "@/components/ui/qr-code";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";

const TONES = ["info", "success", "warning", "danger"] as const;
const BUTTONS = ["primary", "quiet", "danger"] as const;
const HERE = "/staff/design";

/** What one presses, and the drawings that stand beside words. */
export async function ButtonExamples() {
  const t = await getTranslations("design");
  return (
    <div className="grid gap-6">
      <p className="flex flex-wrap gap-3">
        {BUTTONS.map((tone) => (
          <LocalLink key={tone} href={HERE} className={buttonClass(tone)}>
            {t(`buttons.${tone}`)}
          </LocalLink>
        ))}
      </p>
      <p>
        <LocalLink href={HERE} className="text-accent underline underline-offset-2">
          {t("buttons.link")}
        </LocalLink>
      </p>
      <ul className="grid grid-cols-2 gap-2 text-sm">
        {ICON_NAMES.map((name) => (
          <li key={name} className="flex items-center gap-2">
            <Icon name={name} /> {name}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the page itself says: messages, states, and that there is nothing yet. */
export async function MessageExamples() {
  const t = await getTranslations("design");
  return (
    <>
      {TONES.map((tone) => (
        <Notice key={tone} tone={tone} title={t(`tones.${tone}`)}>
          {t("messages.text")}
        </Notice>
      ))}
      <p className="mb-6 flex flex-wrap gap-3">
        {TONES.map((tone) => (
          <Badge key={tone} tone={tone}>
            {t(`tones.${tone}`)}
          </Badge>
        ))}
      </p>
      <EmptyState next={{ href: HERE, label: t("messages.next") }}>
        {t("messages.empty")}
      </EmptyState>
    </>
  );
}

/** What holds facts and figures. */
export async function ContentExamples({ language }: { language: Language }) {
  const t = await getTranslations("design");
  const rows = [
    { name: "E2026000123", cents: 7_300 },
    { name: "E2026000124", cents: 123_456 },
  ];
  return (
    <div className="grid gap-6">
      <Card title={t("content.card")} level={3}>
        <Facts
          items={[
            { label: t("content.code"), value: "100 200 300" },
            { label: t("content.total"), value: formatCents(7_300, language) },
          ]}
        />
      </Card>
      <DataTable
        caption={t("content.table")}
        rows={rows}
        rowKey={({ name }) => name}
        columns={[
          { key: "name", header: t("content.number"), cell: ({ name }) => name },
          {
            key: "state",
            header: t("content.state"),
            cell: () => <Badge>{t("content.paid")}</Badge>,
          },
          {
            key: "total",
            header: t("content.total"),
            numeric: true,
            cell: ({ cents }) => formatCents(cents, language),
          },
        ]}
      />
      <CodeList codes={["A7K2-9QXD", "M3PF-44ZB"]} />
      <QrCode text="https://sportello.example" label={t("content.qr")} />
    </div>
  );
}
