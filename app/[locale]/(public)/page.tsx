import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { cache } from "react";
import { StartPage } from "@/components/companies/start-page";
import { publicMetadata } from "@/components/shell/public-metadata";
import { visitor } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";

const loadCompanies = cache(async () => {
  const companies = await listCompanies(visitor().db);
  const names = companies.map(({ name }) => name);
  return { companies, names: new Intl.ListFormat(await getLocale()).format(names) };
});

export async function generateMetadata(): Promise<Metadata> {
  const { names } = await loadCompanies();
  const title = { absolute: (await getTranslations("common"))("appName") };
  return await publicMetadata("/", { title, description: { name: "home", companies: names } });
}

export default async function HomePage() {
  return <StartPage {...(await loadCompanies())} />;
}
