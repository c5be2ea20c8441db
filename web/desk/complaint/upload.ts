/** A proof photo on its way: declared, sent by the presigned request, checked. */
import { answered, api } from "../api/client";
import { pause } from "../api/connection";
import type { components } from "../api/schema";

type Declared = components["schemas"]["DeclaredPhoto"];
type Upload = components["schemas"]["Upload"];

const TRIES = 4;
const CHECKED_EVERY = 1_500;
const CHECKED_MOST = 60;
const TYPES = ["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"] as const;
/** Set by the browser itself, from the file. */
const ITS_OWN = new Set(["content-length", "host"]);

export interface Checked {
  stage: "ready" | "refused";
  reason: string | null;
}

/** The request to send the file with; under the same key the same photo, with a fresh request. */
async function declare(complaintId: string, file: File, key: string): Promise<Upload | null> {
  const bytes = await file.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const photo: Declared = {
    content_type: TYPES.find((each) => each === file.type) ?? "image/jpeg",
    size: file.size,
    sha256: [...digest].map((each) => each.toString(16).padStart(2, "0")).join(""),
  };
  const done = await answered(
    api.POST("/v1/agency/complaints/{id}/photos", {
      params: { path: { id: complaintId }, header: { "Idempotency-Key": key } },
      body: { photos: [photo] },
    }),
  );
  return done.uploads[0] ?? null;
}

/** The photo's id, once the file is there. Raises what sending it raises, after some tries. */
export async function sendPhoto(
  complaintId: string,
  file: File,
  key: string,
  tell: { id: (id: string) => void; percent: (percent: number) => void },
): Promise<void> {
  for (let tried = 1; ; tried++) {
    const upload = await declare(complaintId, file, key);
    // Nothing to send any more: it came, and the answer that said so was lost.
    if (upload === null) return;
    tell.id(upload.photo_id);
    try {
      await put(upload, file, tell.percent);
      return;
    } catch (error) {
      if (tried === TRIES) throw error;
      await pause(1_000 * 2 ** tried);
    }
  }
}

function put(upload: Upload, file: File, percent: (percent: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(upload.method, upload.url);
    for (const [name, value] of Object.entries(upload.headers)) {
      if (!ITS_OWN.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => percent(Math.round((100 * event.loaded) / event.total));
    // 412: it is there already, which is as good.
    request.onload = () =>
      request.status < 300 || request.status === 412 ? resolve() : reject(new Error(String(request.status)));
    request.onerror = request.ontimeout = () => reject(new Error("broken"));
    request.send(file);
  });
}

/** What the check of the photo came to; null where that takes too long to wait for. */
export async function checked(complaintId: string, photoId: string): Promise<Checked | null> {
  for (let asked = 0; asked < CHECKED_MOST; asked++) {
    const path = { id: complaintId };
    const { photos } = await answered(
      api.GET("/v1/agency/complaints/{id}", { params: { path, query: { limit: 1 } } }),
    );
    const photo = photos.find((each) => each.id === photoId);
    if (photo?.status === "ready") return { stage: "ready", reason: null };
    if (photo && photo.status !== "expected") return { stage: "refused", reason: photo.reason_text ?? null };
    await pause(CHECKED_EVERY);
  }
  return null;
}
