import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface Asked {
  label: string;
  hint?: string | undefined;
  /** What the API says is wrong with it. */
  fault?: string | undefined;
}

interface Ids {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": "true" | undefined;
}

/** A labelled field, its hint and its fault beside it. */
export function Field({
  label,
  hint,
  fault,
  children,
}: Asked & { children: (ids: Ids) => ComponentChildren }): JSX.Element {
  const id = useId();
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <div class={fault ? "field wrong" : "field"}>
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": fault ? "true" : undefined })}
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}

export function TextArea({
  value,
  onValue,
  rows = 5,
  ...asked
}: Asked & { value: string; onValue: (value: string) => void; rows?: number }): JSX.Element {
  return (
    <Field {...asked}>
      {(ids) => <textarea {...ids} rows={rows} value={value} onInput={(event) => onValue(event.currentTarget.value)} />}
    </Field>
  );
}

export function TextInput({
  value,
  onValue,
  mode = "text",
  ...asked
}: Asked & {
  value: string;
  onValue: (value: string) => void;
  /** Which keyboard a phone shows. */
  mode?: "text" | "numeric" | "decimal" | "email";
}): JSX.Element {
  return (
    <Field {...asked}>
      {(ids) => (
        <input {...ids} type="text" inputMode={mode} value={value} onInput={(event) => onValue(event.currentTarget.value)} />
      )}
    </Field>
  );
}

export type Option = readonly [value: string, name: string];

export function Select({
  value,
  onValue,
  options,
  ...asked
}: Asked & { value: string; onValue: (value: string) => void; options: readonly Option[] }): JSX.Element {
  return (
    <Field {...asked}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          {options.map(([each, name]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** One of a few, all in view. */
export function Choice({
  label,
  value,
  onValue,
  options,
}: {
  label: string;
  value: string;
  onValue: (value: string) => void;
  options: readonly Option[];
}): JSX.Element {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map(([each, text]) => (
        <label key={each}>
          <input type="radio" name={name} value={each} checked={each === value} onChange={() => onValue(each)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
