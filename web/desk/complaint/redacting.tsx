import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { api } from "../api/client";
import type { Detail, Photo } from "../api/types";
import { Select, TextInput } from "../parts/field";
import { t } from "../texts/language";
import { type FormProps, MoveForm } from "./form";
import { useMove } from "./move";

/** In hundredths of the picture's width and height, as they are typed. */
interface Box {
  x: string;
  y: string;
  w: string;
  h: string;
}

const SIDES = ["x", "y", "w", "h"] as const;
const NEW: Box = { x: "40", y: "40", w: "20", h: "20" };
/** What is smaller was a slip of the pointer. */
const LEAST = 1;

/** What is hidden in the public copy of a photo: boxes, drawn on it or typed. */
export function RedactForm({ complaint, ...props }: FormProps): JSX.Element {
  const photos = photosOf(complaint);
  const move = useMove({
    name: `${complaint.id}.redact`,
    initial: { photo: photos[0]?.id ?? "", boxes: boxesOf(photos[0]) },
    body: ({ photo, boxes }) => ({ photo, boxes: boxes.map(given) }),
    call: ({ photo, ...body }, key) =>
      api.POST("/v1/agency/complaints/{id}/photos/{photo_id}/redact", {
        params: { path: { id: complaint.id, photo_id: photo }, header: { "Idempotency-Key": key } },
        body,
      }),
    ...props,
  });
  const { photo, boxes } = move.values;
  const shown = photos.find((each) => each.id === photo);
  const change = (at: number, part: Partial<Box>): void =>
    move.set({ boxes: boxes.map((each, place) => (place === at ? { ...each, ...part } : each)) });
  const add = (box: Box): void => move.set({ boxes: [...boxes, box] });
  return (
    <MoveForm form="redact" move={move} {...props}>
      {photos.length > 1 && (
        <Select
          label={t("redact.photo")}
          value={photo}
          onValue={(id) => move.set({ photo: id, boxes: boxesOf(photos.find((each) => each.id === id)) })}
          options={photos.map((each, at) => [each.id, t("complaint.photo", { n: at + 1 })] as const)}
        />
      )}
      <p class="hint">{t("redact.hint")}</p>
      {shown?.url && <Drawing url={shown.url} boxes={boxes} onBox={add} />}
      <ol class="boxes">
        {boxes.map((box, at) => (
          <li key={at}>
            <fieldset>
              <legend>{t("redact.box", { n: at + 1 })}</legend>
              {SIDES.map((side) => (
                <TextInput
                  key={side}
                  label={t(`redact.${side}`)}
                  mode="decimal"
                  fault={move.fault(`/boxes/${at}/${side}`)}
                  value={box[side]}
                  onValue={(value) => change(at, { [side]: value })}
                />
              ))}
              <button type="button" onClick={() => move.set({ boxes: boxes.filter((_, place) => place !== at) })}>
                {t("redact.remove", { n: at + 1 })}
              </button>
            </fieldset>
          </li>
        ))}
      </ol>
      <button type="button" onClick={() => add(NEW)}>
        {t("redact.add")}
      </button>
    </MoveForm>
  );
}

function Drawing({ url, boxes, onBox }: { url: string; boxes: readonly Box[]; onBox: (box: Box) => void }): JSX.Element {
  const [start, setStart] = useState<readonly [number, number] | null>(null);
  const [end, setEnd] = useState<readonly [number, number] | null>(null);
  const at = (event: PointerEvent & { currentTarget: SVGSVGElement }): readonly [number, number] => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const within = (part: number): number => Math.min(100, Math.max(0, Math.round(part * 1000) / 10));
    return [within((event.clientX - left) / width), within((event.clientY - top) / height)];
  };
  const drawn = start && end ? between(start, end) : null;
  return (
    <div class="redacting">
      <img src={url} alt="" />
      <svg
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        aria-hidden="true"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setStart(at(event));
          setEnd(null);
        }}
        onPointerMove={(event) => start && setEnd(at(event))}
        onPointerUp={(event) => {
          const box = start && between(start, at(event));
          setStart(null);
          setEnd(null);
          if (box && Number(box.w) >= LEAST && Number(box.h) >= LEAST) onBox(box);
        }}
        onPointerCancel={() => {
          setStart(null);
          setEnd(null);
        }}
      >
        {[...boxes, ...(drawn ? [drawn] : [])].map((box, place) => (
          <rect key={place} x={size(box.x)} y={size(box.y)} width={size(box.w)} height={size(box.h)} />
        ))}
      </svg>
    </div>
  );
}

/** Those of its own that can have a public copy. */
function photosOf(complaint: Detail): readonly Photo[] {
  return complaint.photos.filter((each) => each.status === "ready" && each.url);
}

function boxesOf(photo: Photo | undefined): Box[] {
  const typed = (part: number): string => String(Math.round(part * 10_000) / 100);
  return (photo?.redaction?.boxes ?? []).map((box) => ({
    x: typed(box.x),
    y: typed(box.y),
    w: typed(box.w),
    h: typed(box.h),
  }));
}

function between([left, top]: readonly [number, number], [right, bottom]: readonly [number, number]): Box {
  const side = (one: number, other: number): string => String(Math.round(Math.abs(one - other) * 10) / 10);
  return {
    x: String(Math.min(left, right)),
    y: String(Math.min(top, bottom)),
    w: side(left, right),
    h: side(top, bottom),
  };
}

/** What is no number is sent as none, and the API says so. */
function given(box: Box): { x: number; y: number; w: number; h: number } {
  return { x: part(box.x), y: part(box.y), w: part(box.w), h: part(box.h) };
}

function part(typed: string): number {
  return Math.round(Number(typed.trim().replace(",", ".") || NaN) * 100) / 10_000;
}

function size(typed: string): number {
  const found = part(typed) * 100;
  return Number.isFinite(found) && found > 0 ? found : 0;
}
