import type { Metadata } from "next";
import { notFound } from "next/navigation";

/** Nothing for search engines, unlike the pages beside it. */
export const metadata: Metadata = { robots: { index: false, follow: false } };

/** Any address we do not know, inside the layout and language it was asked in. */
export default function UnknownPage() {
  notFound();
}
