import { sayer } from "../../texts/speaking";
import { WORDS } from "./words";

export * from "../../texts/speaking";

export const t = sayer(WORDS);
