import { sayer } from "./speaking";

/** What is said of a map, whichever page it is on. */
export const t = sayer({
  "title": ["Карта", "Карта", "Map"],
  "in": ["Ірілеу", "Приблизить", "Zoom in"],
  "out": ["Кішірейту", "Отдалить", "Zoom out"],
  "fingers": ["Картаны екі саусақпен жылжытыңыз", "Двигайте карту двумя пальцами", "Move the map with two fingers"],
  "ctrl": ["Ірілеу үшін Ctrl басып айналдырыңыз", "Чтобы приблизить, прокручивайте с Ctrl", "Hold Ctrl and scroll to zoom"],
  "cmd": ["Ірілеу үшін ⌘ басып айналдырыңыз", "Чтобы приблизить, прокручивайте с ⌘", "Hold ⌘ and scroll to zoom"],
  "none": [
    "Картаны көрсету мүмкін болмады: ол жүктелмеді немесе браузерде WebGL жоқ.",
    "Карту показать не удалось: она не загрузилась, или в браузере нет WebGL.",
    "The map cannot be shown: it did not load, or the browser has no WebGL.",
  ],
  "none.list": ["Барлық өтініш тізімде бар.", "Все обращения есть в списке.", "All complaints are in the list."],
  "none.place": ["Орны жоғарыда жазылған.", "Место указано выше словами.", "The place is given above in words."],
  "hint": ["Дәл осы өтініштер тізімде де бар.", "Те же обращения есть в списке.", "The same complaints are in the list."],
  "here": ["Осы жерде: {count}", "В этом месте: {count}", "Here: {count}"],
  "close": ["Жабу", "Закрыть", "Close"],
  "group": [
    "Сан – бірнеше өтініш; қызыл жиек – арасында мерзімі өткені бар",
    "Число – несколько обращений; красный край – среди них есть просроченные",
    "A number stands for several; with a red rim, some of them are overdue",
  ],
});

/** MapLibre's own words, and the name that the map goes by. */
export function mapWords(title: string): Record<string, string> {
  return {
    "Map.Title": title,
    "NavigationControl.ZoomIn": t("in"),
    "NavigationControl.ZoomOut": t("out"),
    "CooperativeGesturesHandler.WindowsHelpText": t("ctrl"),
    "CooperativeGesturesHandler.MacHelpText": t("cmd"),
    "CooperativeGesturesHandler.MobileHelpText": t("fingers"),
  };
}
