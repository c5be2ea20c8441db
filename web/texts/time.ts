import { type Language, language, sayer } from "./speaking";

const t = sayer({
  "left": ["Қалған уақыт: {left}", "Осталось: {left}", "{left} left"],
  "over": ["Мерзімі өтті: {left} бұрын", "Просрочено: {left}", "Overdue by {left}"],
  "d": ["{n} күн", "{n} дн.", "{n} d"],
  "h": ["{n} сағ", "{n} ч", "{n} h"],
  "m": ["{n} мин", "{n} мин", "{n} min"],
});

let zone = "Asia/Almaty";

export function inZone(name: string): void {
  zone = name;
}

/** Written out here: what a browser knows of Kazakh differs from one to the next. */
const MONTHS: Record<Language, string> = {
  kk: "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
  ru: "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
  en: "January February March April May June July August September October November December",
};

interface Read {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
}

/** `26 March, 18:30`, in the region's zone, as the API's own texts have it; the year where it is not this one. */
export function moment(iso: string): string {
  return `${day(iso)}, ${clock(new Date(iso))}`;
}

export function day(iso: string): string {
  const read = inRegion(new Date(iso));
  const month = MONTHS[language()].split(" ")[Number(read.month) - 1]!;
  const said = `${Number(read.day)} ${month}`;
  if (read.year === inRegion(new Date()).year) return said;
  return { kk: `${read.year} ж. ${said}`, ru: `${said} ${read.year} г.`, en: `${said} ${read.year}` }[language()];
}

const STANDALONE: Record<Language, string> = {
  ...MONTHS,
  ru: "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
};

/** `2026-03` as March 2026. */
export function monthName(month: string): string {
  const [year, number] = month.split("-");
  const name = STANDALONE[language()].split(" ")[Number(number) - 1]!;
  return language() === "kk" ? `${year} ж. ${name}` : `${name} ${year}`;
}

export function clock(at: Date): string {
  const { hour, minute } = inRegion(at);
  return `${hour}:${minute}`;
}

function inRegion(at: Date): Read {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(at);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value])) as unknown as Read;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in its two largest units. */
export function span(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY);
  const hours = Math.floor((milliseconds % DAY) / HOUR);
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  const said = [];
  if (days) said.push(t("d", { n: days }));
  if (hours && days < 10) said.push(t("h", { n: hours }));
  if (!days && (minutes || !hours)) said.push(t("m", { n: minutes }));
  return said.join(" ");
}

export type Urgency = "over" | "today" | "soon" | "later" | "none";

/** How near a deadline is: passed, within a day, within three, later. */
export function urgency(due: string | null, now = Date.now()): Urgency {
  if (due === null) return "none";
  const left = Date.parse(due) - now;
  if (left < 0) return "over";
  return left < DAY ? "today" : left < 3 * DAY ? "soon" : "later";
}

export function left(due: string, now = Date.now()): string {
  const rest = Date.parse(due) - now;
  return rest < 0 ? t("over", { left: span(-rest) }) : t("left", { left: span(rest) });
}
