/** The API's own types, by the names that the desk has for them. */
import type { components, operations } from "./schema";

type Schemas = components["schemas"];

export type AnEvent = Schemas["AuditEvent"];
export type Counts = Schemas["WorkCounts"];
export type Detail = Schemas["AgencyComplaintDetail"];
export type DeskSignIn = Schemas["DeskView"];
export type Earlier = Schemas["EarlierWork"];
export type Me = operations["showCaller"]["responses"][200]["content"]["application/json"];
export type Near = Schemas["NearbyWork"];
export type NewOfficer = Schemas["Invitation"];
export type Officer = Schemas["OfficerView"];
export type Photo = Schemas["AgencyPhoto"];
export type Region = Schemas["RegionView"];
export type Role = Officer["role"];
export type Template = Schemas["Template"];
export type Work = Schemas["Work"];
