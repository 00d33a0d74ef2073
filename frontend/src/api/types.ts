import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Ticket = Schemas["TicketView"];
export type TicketRow = Schemas["TicketRowView"];
export type TicketList = Schemas["TicketListView"];
export type TicketChange = Schemas["ChangeTicketBody"];
export type Message = Schemas["MessageView"];
export type Delivery = Schemas["DeliveryView"];
export type Timeline = Schemas["TimelineView"];
export type Customer = Schemas["CustomerView"];
export type Agent = Schemas["AgentView"];
export type Channel = Schemas["ChannelName"];
export type Status = Schemas["StatusName"];
export type Priority = Schemas["PriorityName"];
export type Visibility = Schemas["VisibilityName"];
export type ReplyMode = Schemas["ReplyMode"];
export type Template = Schemas["TemplateView"];
export type Account = Schemas["ChannelView"];
/** A file that was uploaded, as a message names it. */
export type NamedFile = Schemas["AttachmentBody"];
/** A template with its parameters, as a message names it. */
export type ChosenTemplate = Schemas["TemplateBody"];

export const STATUSES = [
  "new",
  "open",
  "pending_customer",
  "resolved",
  "closed",
] as const satisfies readonly Status[];
export const PRIORITIES = ["low", "medium", "high", "critical"] as const satisfies readonly Priority[];
export const CHANNELS = [
  "whatsapp",
  "facebook",
  "instagram",
  "twitter",
  "email",
  "web_chat",
] as const satisfies readonly Channel[];

export const STATUS_NAMES: Record<Status, string> = {
  new: "New",
  open: "Open",
  pending_customer: "Waiting for customer",
  resolved: "Resolved",
  closed: "Closed",
};

export const PRIORITY_NAMES: Record<Priority, string> = {
  low: "Low",
  medium: "Medium",
  high: "High",
  critical: "Critical",
};

export const CHANNEL_NAMES: Record<Channel, string> = {
  facebook: "Messenger",
  instagram: "Instagram",
  whatsapp: "WhatsApp",
  twitter: "X",
  email: "Email",
  web_chat: "Chat",
};
