import { notFound } from "next/navigation";

/** Any address we do not know, inside the layout and language it was asked in. */
export default function UnknownPage() {
  notFound();
}
