interface FileFieldProps {
  name: string;
  label: string;
  hint: string;
  required?: boolean;
}

/** A file to be sent, with label and hint. */
export function FileField({ name, label, hint, required = false }: FileFieldProps) {
  const id = `upload-${name}`;
  return (
    <div className="mb-5">
      <label htmlFor={id} className="font-semibold">
        {label}
      </label>
      <p id={`${id}-hint`} className="mt-1 text-muted text-sm">
        {hint}
      </p>
      <input
        id={id}
        type="file"
        name={name}
        required={required}
        aria-describedby={`${id}-hint`}
        className="mt-1.5 block w-full max-w-full text-ink file:mr-3 file:rounded-md file:border file:border-field-line file:bg-panel file:px-3 file:py-2 file:text-ink"
      />
    </div>
  );
}
