import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { DataTable } from "@/components/ui/data-table";
import { SubmitButton } from "@/components/ui/submit-button";
import { revokeTokenAction } from "@/lib/accounts/actions/customer-tokens";
import type { CustomerToken } from "@/lib/accounts/queries/customer-tokens";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";

interface TokenListProps {
  tokens: CustomerToken[];
  language: Language;
}

/** The tokens that live, each with a way to end it. */
export async function TokenList({ tokens, language }: TokenListProps) {
  const t = await getTranslations("tokens");
  if (tokens.length === 0) {
    return (
      <ActionForm action={revokeTokenAction} errorTitle={t("errorTitle")} labels={{}} idPrefix="r-">
        <p>{t("none")}</p>
      </ActionForm>
    );
  }
  return (
    // One form for all: its answer stays in sight when the row it was about is gone.
    <ActionForm action={revokeTokenAction} errorTitle={t("errorTitle")} labels={{}} idPrefix="r-">
      <DataTable
        caption={t("listTitle")}
        captionHidden
        rows={tokens}
        rowKey={({ id }) => id}
        columns={[
          { key: "name", header: t("name"), cell: ({ name }) => name },
          {
            key: "purpose",
            header: t("purpose"),
            cell: ({ purpose }) => t(`purposes.${purpose}.label`),
          },
          {
            key: "created",
            header: t("created"),
            cell: ({ createdAt }) => formatInstant(createdAt, language),
          },
          {
            key: "used",
            header: t("used"),
            cell: ({ lastUsedAt }) =>
              lastUsedAt ? formatInstant(lastUsedAt, language) : t("never"),
          },
          {
            key: "revoke",
            header: t("revoke"),
            cell: ({ id, name }) => (
              <SubmitButton
                tone="quiet"
                name="tokenId"
                value={id}
                label={t("revokeLabel", { name })}
              >
                {t("revoke")}
              </SubmitButton>
            ),
          },
        ]}
      />
    </ActionForm>
  );
}
