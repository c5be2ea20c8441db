export * from "../../texts/time";
