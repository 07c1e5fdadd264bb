import { notFound } from "next/navigation";

export { notFoundMetadata as generateMetadata } from "@/components/shell/not-found-content";

/** Any address we do not know, inside the layout and language it was asked in. */
export default function UnknownPage() {
  notFound();
}
