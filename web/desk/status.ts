import type { components } from "./api/schema";
import { language, LANGUAGES } from "./texts/language";

type Status = components["schemas"]["Status"];

/** The states as the API's own texts call them. */
const STATUSES: Record<Status, readonly [kk: string, ru: string, en: string]> = {
  awaiting_photos: ["Фото күтілуде", "Ожидаются фотографии", "Waiting for photos"],
  submitted: ["Қабылданды", "Принято", "Received"],
  assigned: ["Жаңа", "Новое", "New"],
  acknowledged: ["Жұмыста", "В работе", "Being worked on"],
  answered: ["Жауап берілді", "Дан ответ", "Answered"],
  closed: ["Жабылды", "Закрыто", "Closed"],
  withdrawn: ["Қайтарып алынды", "Отозвано", "Withdrawn"],
};

export function statusName(status: Status): string {
  return STATUSES[status][LANGUAGES.indexOf(language())]!;
}
