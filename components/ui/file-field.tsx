interface FileFieldProps {
  name: string;
  label: string;
  hint: string;
  required?: boolean;
  /** Types that the browser offers; what comes is looked into all the same. */
  accept?: string;
  error?: string | null;
}

/** A file to be sent, with label, hint and what was wrong with the last one. */
export function FileField(props: FileFieldProps) {
  const { name, label, hint, required = false, accept, error } = props;
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
        accept={accept}
        // biome-ignore lint/a11y/noAutofocus: after an error the field is where to go on
        autoFocus={Boolean(error)}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-hint ${id}-error` : `${id}-hint`}
        className="mt-1.5 block w-full max-w-full text-ink file:mr-3 file:rounded-md file:border file:border-field-line file:bg-panel file:px-3 file:py-2 file:text-ink"
      />
      {error ? (
        <p id={`${id}-error`} className="mt-1 font-semibold text-danger text-sm">
          {error}
        </p>
      ) : null}
    </div>
  );
}
