import type { Metadata } from "next";
import type { ReactNode } from "react";
import { PublicFrame } from "@/components/shell/public-frame";

/** For everybody, so also for search engines; everything else is not (app/[locale]/layout.tsx). */
export const metadata: Metadata = { robots: { index: true, follow: true } };

export default function PublicLayout({ children }: { children: ReactNode }) {
  return <PublicFrame>{children}</PublicFrame>;
}
