import { Icon } from "./icon";

interface ErrorSummaryProps {
  title: string;
  /** Sentence per field name. */
  errors: Record<string, string>;
  labels: Record<string, string>;
  /** What the ids of the form's fields begin with. */
  idPrefix?: string;
}

/** What is wrong with a form, each line a link to its field. */
export function ErrorSummary({ title, errors, labels, idPrefix = "" }: ErrorSummaryProps) {
  return (
    <div role="alert" className="mb-6 border-danger border-l-4 bg-danger-soft p-4">
      <p className="flex gap-3 font-semibold text-danger [overflow-wrap:anywhere]">
        <Icon name="danger" />
        {title}
      </p>
      <ul className="mt-1 list-disc pl-9">
        {Object.entries(errors).map(([name, sentence]) => (
          <li key={name} className="[overflow-wrap:anywhere]">
            <a className="text-danger underline underline-offset-2" href={`#${idPrefix}${name}`}>
              {labels[name] ? `${labels[name]}: ` : ""}
              {sentence}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
