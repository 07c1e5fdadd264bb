/** Codes that an action answers with, shown this once: easy to copy, to print and to have read out. */
export function CodeList({ codes }: { codes: string[] }) {
  return (
    <ul
      className={`mb-6 grid gap-2 rounded-md border border-line bg-panel p-4 font-mono [overflow-wrap:anywhere] ${codes.length > 1 ? "max-w-md grid-cols-2" : ""}`}
    >
      {codes.map((code) => (
        <li key={code}>{code}</li>
      ))}
    </ul>
  );
}
