import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";

interface ContractLinksProps {
  contractId: string;
  /** Its meter may be read: the supply runs. */
  running: boolean;
}

/** The ways to what a contract's supply used. */
export async function ContractLinks({ contractId, running }: ContractLinksProps) {
  const t = await getTranslations("contracts");
  const links = [
    { href: "/consumption", label: t("consumption") },
    { href: "/consumption/statistics", label: t("statistics") },
    ...(running ? [{ href: "/consumption/self-reading", label: t("selfReading") }] : []),
    { href: "/consumption/export", label: t("readings") },
  ];
  return (
    <Card title={t("consumptionTitle")}>
      <ul className="flex flex-wrap gap-x-6">
        {links.map(({ href, label }) => (
          <li key={href}>
            <LocalLink
              href={`${href}?contract=${contractId}`}
              className="inline-block py-1.5 text-accent underline underline-offset-2"
            >
              {label}
            </LocalLink>
          </li>
        ))}
      </ul>
    </Card>
  );
}
