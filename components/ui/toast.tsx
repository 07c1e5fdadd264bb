/**
 * The page's message once more, for some seconds at the lower edge, for eyes that are elsewhere on a long page. It is
 * drawn by the style sheet alone and only where scripts run: nothing is read out, found or copied twice, and
 * whoever misses it has the message itself (app/globals.css).
 */
export function Toast({ sentence, example = false }: { sentence: string; example?: boolean }) {
  return (
    <div
      aria-hidden="true"
      data-print="no"
      data-sentence={sentence}
      className={example ? "toast toast-example" : "toast"}
    />
  );
}
