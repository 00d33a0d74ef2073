/** Drawings of the 16-pixel grid, 1.5 wide, in the colour of the text. */
const PATHS = {
  alert:
    "M8 5.2v3.4M8 11h.01M7 2.6 1.6 12a1.2 1.2 0 0 0 1 1.8h10.8a1.2 1.2 0 0 0 1-1.8L9 2.6a1.2 1.2 0 0 0-2 0Z",
  arrow_out: "M5 3h8v8M13 3 3 13",
  archive: "M2 3h12v3H2zM3 6v7h10V6M6.5 9h3",
  attach: "M13 7.5 8 12.5a3.2 3.2 0 0 1-4.5-4.5l5.3-5.3a2.1 2.1 0 0 1 3 3L6.6 11a1 1 0 0 1-1.5-1.5L9.8 5",
  back: "M10 3 5 8l5 5",
  card: "M2 3.5h12v9H2zM5.2 8.2a1.4 1.4 0 1 0 0-2.8 1.4 1.4 0 0 0 0 2.8ZM3.4 10.6c.3-1 1-1.5 1.8-1.5s1.5.5 1.8 1.5M9 6.5h3M9 9h3",
  cart: "M1.5 2.5h2l1.6 7.5h7l1.4-5.5H4M6 13.2h.01M11.2 13.2h.01",
  check: "m3 8.5 3.2 3.2L13 4.8",
  checks: "m1.5 8.5 3 3 6-6.7M8 11.5l.3.2 6.2-6.9",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.5",
  close: "m4 4 8 8M12 4l-8 8",
  down: "m4 6 4 4 4-4",
  facebook:
    "M8 1.8c-3.6 0-6.3 2.6-6.3 5.9 0 1.8.8 3.3 2.1 4.4v2.2l2-1.1c.7.2 1.4.3 2.2.3 3.6 0 6.3-2.6 6.3-5.8S11.6 1.8 8 1.8ZM4.6 9.2l2.2-2.3 2 1.5 2.6-1.7",
  filter: "M2 4h12M4 8h8M6.5 12h3",
  help: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.4A1.8 1.8 0 1 1 8.6 8c-.4.2-.6.5-.6 1M8 11.3h.01",
  inbox: "M2 9h3l1 2h4l1-2h3M2 9l2-6h8l2 6v4H2z",
  instagram:
    "M5 2h6a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3ZM8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM11.4 4.6h.01",
  mail: "M2 3.5h12v9H2zM2 4.5l6 4.5 6-4.5",
  menu: "M2.5 4h11M2.5 8h11M2.5 12h11",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5 6 6 0 1 0 13.5 9.5Z",
  note: "M3 2.5h10v7L9.5 13.5H3zM13 9.5H9.5v4M5.5 5.5h5M5.5 8h3",
  people:
    "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 2.8a2.5 2.5 0 0 1 0 4.5M12 9.8c1.5.6 2.5 1.9 2.5 3.7",
  picture: "M2 3h12v10H2zM2 11l3.5-3.5L9 11l2-2 3 3M10.5 6h.01",
  pin: "M8 14.5S13 10 13 6.5a5 5 0 0 0-10 0C3 10 8 14.5 8 14.5ZM8 8.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4Z",
  press: "M3 5.5h10v5H3zM8 8h.01",
  person: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.5 14c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5",
  refresh: "M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 1.8v3h-3",
  reply: "M6.5 3.5 2 8l4.5 4.5V10c3.5 0 5.5.7 7.5 3 0-4-2-7-7.5-7.2Z",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.8 10.8 14 14",
  send: "M2 8 14 2.5 10.5 14 8 9zM8 9l6-6.5",
  signout: "M9.5 2.5h-6v11h6M7 8h7M11.5 5.5 14 8l-2.5 2.5",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13",
  system: "M2 3h12v8H2zM6 13.5h4M8 11v2.5",
  tag: "M2 2.5h5.5L14 9l-5 5-6.5-6.5zM5 5.3h.01",
  twitter: "m2.5 2.5 11 11M13.5 2.5l-11 11",
  undelivered: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8v4M8 11.2h.01",
  web_chat: "M2 3h12v8H8l-3.5 3v-3H2zM5 6h6M5 8.2h4",
  whatsapp:
    "M8 2a6 6 0 0 0-5.1 9.1L2 14l3-.8A6 6 0 1 0 8 2ZM5.7 5.5c.2 2.6 2 4.5 4.8 5l.8-1.4-1.6-.9-.8.7c-.9-.4-1.5-1-1.9-1.9l.7-.7-.8-1.7z",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon; with a `label` it is a picture with that name, without it decoration. */
export function Icon({ name, label, size = 16 }: { name: IconName; label?: string; size?: number }) {
  const shape = <path d={PATHS[name]} />;
  const drawing = {
    width: size,
    height: size,
    viewBox: "0 0 16 16",
    fill: "none",
    stroke: "currentColor",
    strokeWidth: 1.5,
    strokeLinecap: "round",
    strokeLinejoin: "round",
  } as const;
  return label === undefined ? (
    <svg {...drawing} aria-hidden="true" focusable="false">
      {shape}
    </svg>
  ) : (
    <svg {...drawing} role="img" aria-label={label}>
      {shape}
    </svg>
  );
}
