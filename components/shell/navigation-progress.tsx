"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";

/** By then the browser has given up, or gone there itself. */
const LONGEST_MS = 20_000;

/**
 * A line at the upper edge from a click on a link until its page is there, where scripts fetch it and the browser
 * shows no sign of its own. The style sheet lets it appear only once that takes a while.
 */
export function NavigationProgress() {
  const address = `${usePathname()}?${useSearchParams()}`;
  const [left, setLeft] = useState<string | null>(null);
  const waits = left === address;
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      // Links of the router have kept the browser from going; all others are its own.
      if (event.defaultPrevented && link && link.href !== window.location.href) {
        setLeft(address);
      }
    };
    document.addEventListener("click", onClick);
    return () => document.removeEventListener("click", onClick);
  }, [address]);
  useEffect(() => {
    if (waits) {
      const timer = setTimeout(() => setLeft(null), LONGEST_MS);
      return () => clearTimeout(timer);
    }
  }, [waits]);
  return waits ? <div aria-hidden="true" data-print="no" className="navigation-progress" /> : null;
}
