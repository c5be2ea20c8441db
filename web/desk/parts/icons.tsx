import type { JSX } from "preact";

const PATHS = {
  alert: "M12 3 1.8 20.5h20.4L12 3Zm0 6v5.5m0 3v.1",
  arrow: "M15 5l-7 7 7 7",
  up: "M12 20V5m-6 6 6-6 6 6",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Zm0 4v5l3.2 2",
  check: "M4.5 12.5 10 18 20 6.5",
  camera: "M3.5 8h4l1.6-2.5h5.8L16.500 8h4v11.500h-17Zm8.500 2.200a3.400 3.400 0 1 0 0 6.800 3.400 3.400 0 0 0 0-6.800Z",
  place: "M12 21s-6.500-6-6.500-11a6.500 6.500 0 0 1 13 0c0 5-6.500 11-6.500 11Zm0-13.300a2.300 2.300 0 1 0 0 4.600 2.300 2.300 0 0 0 0-4.600Z",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.500 20.500c.8-4 3.900-6 7.500-6s6.700 2 7.500 6",
  image: "M3.500 5h17v14h-17Zm0 11 5-5 4 4 2.500-2.500 5.500 5M15.500 9.500v.1",
  offline: "M3 3l18 18M5 12.500a10 10 0 0 1 5-2.600M19 12.500a10 10 0 0 0-3-2M8.500 16a5 5 0 0 1 6.500-.4M12 19.500v.1",
} as const;

/** Beside words that say the same, so that it is hidden from who hears the page. */
export function Icon({ name }: { name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
