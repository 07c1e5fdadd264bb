"use client";

import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import type { Bar, Series } from "./bars";

export interface BarsProps {
  series: Series[];
  bars: Bar[];
  /** The value at the upper edge. */
  top: number;
}

/**
 * Replaces the server's bars by Tremor's, which are 119 KB and draw nothing on the server: loaded
 * after the page is there. Without JavaScript, or when it does not arrive, the children stay.
 */
export function LazyBars({ children, ...bars }: BarsProps & { children: ReactNode }) {
  const [Chart, setChart] = useState<ComponentType<BarsProps> | null>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    let wanted = true;
    import("./tremor-bars").then(
      ({ TremorBars }) => wanted && setChart(() => TremorBars),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, []);
  useEffect(() => {
    if (Chart) {
      // It measures its room before it draws: until then the bars below stay in sight.
      const frame = requestAnimationFrame(() => requestAnimationFrame(() => setDrawn(true)));
      return () => cancelAnimationFrame(frame);
    }
  }, [Chart]);
  return (
    <>
      {drawn ? null : children}
      {Chart ? (
        <div className="absolute inset-0">
          <Chart {...bars} />
        </div>
      ) : null}
    </>
  );
}
