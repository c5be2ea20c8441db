import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { holder } from "../data/holder";
import type { Found } from "../data/questions";
import { t } from "../texts/language";
import { Row } from "./row";

interface Answered extends Found {
  number: string;
}

/** As somebody types it: in small letters, with spaces, or without the region's letters. */
export function numberOf(typed: string, prefix: string): string {
  const plain = typed.toUpperCase().replace(/[\s‐-―−]+/g, "-").replace(/^-+|-+$/g, "");
  return /^\d{2}-/.test(plain) ? `${prefix}-${plain}` : plain;
}

export function Search({ prefix }: { prefix: string }): JSX.Element {
  const [typed, setTyped] = useState("");
  const [answer, setAnswer] = useState<Answered | null>(null);
  const find = async (): Promise<void> => {
    const number = numberOf(typed, prefix);
    if (number) setAnswer({ number, ...(await holder.find(number).catch(() => ({ found: null, tombstone: null }))) });
  };
  return (
    <div class="search">
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          void find();
        }}
      >
        <label for="number">{t("search.label")}</label>
        <div class="asked">
          <input
            id="number"
            type="search"
            autocomplete="off"
            spellcheck={false}
            value={typed}
            placeholder={`${prefix}-26-7K3M9T`}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              setAnswer(null);
            }}
          />
          <button type="submit" class="primary">
            {t("search.button")}
          </button>
        </div>
      </form>
      <div role="status">{answer && <Result {...answer} />}</div>
    </div>
  );
}

function Result({ number, found, tombstone }: Answered): JSX.Element {
  if (tombstone) return <p class="notice">{t("search.hidden", { number, reason: tombstone.reason })}</p>;
  if (found) {
    return (
      <ol class="work">
        <Row complaint={found} />
      </ol>
    );
  }
  return (
    <p class="notice">
      {t("search.none", { number })} <a href={`/c/${encodeURIComponent(number)}`}>/c/{number}</a>
    </p>
  );
}
