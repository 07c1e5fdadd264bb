"use client";

import {
  createContext,
  type ReactNode,
  useActionState,
  useContext,
  useEffect,
  useRef,
} from "react";
import { type FormAction, type FormState, IDLE } from "@/lib/auth/form-state";
import { CodeList } from "./code-list";
import { ErrorSummary } from "./error-summary";
import { Notice } from "./notice";
import { Toast } from "./toast";

/** Given by ActionForm; only examples give it by themselves. */
export const FormContext = createContext<{ state: FormState; pending: boolean; idPrefix: string }>({
  state: IDLE,
  pending: false,
  idPrefix: "",
});

/** The state of the form around: fields read their error and what was typed from it. */
export const useForm = () => useContext(FormContext);

interface ActionFormProps {
  /** A server action, passed as it is: never bound in client code (next.js#57867). */
  action: FormAction;
  /** Heading of the list of errors. */
  errorTitle: string;
  /** Label per field name, for the list of errors. */
  labels: Record<string, string>;
  children: ReactNode;
  className?: string;
  /** Keeps the fields' ids apart where a page has several forms with the same fields. */
  idPrefix?: string;
  /** Once it is done the sentence takes the form's place; without it, it stands above the form. */
  doneInstead?: boolean;
  /** What follows that sentence: where to go next. */
  afterwards?: ReactNode;
}

/** A form on a server action, the same with and without JavaScript. */
export function ActionForm({ idPrefix = "", ...props }: ActionFormProps) {
  const [state, dispatch, pending] = useActionState(props.action, IDLE);
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.status !== "idle") {
      top.current?.focus();
    }
  }, [state]);
  const done = state.status === "done" && state.message;
  return (
    <FormContext value={{ state, pending, idPrefix }}>
      {/* biome-ignore lint/a11y/noAutofocus: without JavaScript the answer may be out of sight */}
      <div ref={top} tabIndex={-1} autoFocus={state.status !== "idle"} className="outline-none">
        {state.fields || state.status === "failed" ? (
          <ErrorSummary
            title={state.message ?? props.errorTitle}
            errors={state.fields ?? {}}
            labels={props.labels}
            idPrefix={idPrefix}
          />
        ) : null}
        {done ? (
          <Notice tone="success" announced>
            {done}
          </Notice>
        ) : null}
      </div>
      {done && !pending ? <Toast sentence={done} /> : null}
      {state.codes ? <CodeList codes={state.codes} /> : null}
      {done && props.doneInstead ? (
        props.afterwards
      ) : (
        <form action={dispatch} className={props.className} noValidate>
          {props.children}
        </form>
      )}
    </FormContext>
  );
}
