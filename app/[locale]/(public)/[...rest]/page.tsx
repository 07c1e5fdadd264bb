import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { notFoundMetadata } from "@/components/shell/not-found-content";

/** Nothing for search engines, unlike the pages beside it. */
export async function generateMetadata(): Promise<Metadata> {
  return { ...(await notFoundMetadata()), robots: { index: false, follow: false } };
}

/** Any address we do not know, inside the layout and language it was asked in. */
export default function UnknownPage() {
  notFound();
}
